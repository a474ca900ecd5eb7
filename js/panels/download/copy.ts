/** Copy a text, or show it in a box where the browser keeps its clipboard closed. */
import type { Context } from "../../context";
import { h } from "../../dom";
import { scoreTable } from "../../scores/table";
import { foilOf, scoreQuery, targetSteps } from "../../state/selectors";

/** Copy `text`; `box` gets what is to be copied by hand. True if it was copied. */
export async function copyText(text: string, box: HTMLElement, name: string): Promise<boolean> {
  box.replaceChildren();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { readonly: true, rows: 8, "aria-label": name });
    area.value = text;
    const why = "The browser keeps its clipboard closed here. Copy it from this box:";
    box.append(h("p", {}, why), area);
    area.focus();
    area.select();
    return false;
  }
}

/** The scores of the steps explained, or of all steps where the view shows all or none is explained. */
export async function fetchTable({ state, session, allSteps, run }: Context): Promise<string | undefined> {
  const content = state.sent.peek();
  const targets = targetSteps(state);
  const all = allSteps.peek() || targets.length === 0;
  const steps = all ? Array.from({ length: content.steps.count }, (_, s) => s) : targets;
  const query = scoreQuery(state, allSteps.peek() ? null : foilOf(state, steps));
  const scores = await run((options) => session.scores(query, steps, options), "copy");
  return scores && scoreTable(content, steps, scores);
}
