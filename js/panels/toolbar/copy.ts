/** The button that copies scores as a table. */
import type { Context } from "../../context";
import { h, icon } from "../../dom";
import { scoreTable } from "../../scores/table";
import { foilOf, scoreQuery, targetSteps } from "../../state/selectors";

const picture = "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3";

/** Make the button; `showBox` shows a box with the table where the browser does not allow copying. */
export function copyButton(
  ctx: Context,
  showBox: (button: HTMLElement, box: HTMLElement) => void,
): HTMLElement {
  const label = "Copy as table";
  const onclick = async () => {
    const table = await fetchTable(ctx);
    if (table === undefined || ctx.signal.aborted) return;
    try {
      await navigator.clipboard.writeText(table);
    } catch {
      showTable(table, (box) => showBox(button, box));
      return;
    }
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1200);
    ctx.announce("Copied as a table.");
  };
  const button = h(
    "button",
    { type: "button", class: "ico", title: label, "aria-label": label, onclick },
    icon(picture),
  );
  return button;
}

/** The scores of the steps explained, or of all steps where the view shows all or none is explained. */
async function fetchTable({ state, session, allSteps, run }: Context): Promise<string | undefined> {
  const content = state.content.peek();
  const targets = targetSteps(state);
  const all = allSteps.peek() || targets.length === 0;
  const steps = all ? Array.from({ length: content.steps.count }, (_, s) => s) : targets;
  const query = scoreQuery(state, allSteps.peek() ? null : foilOf(state, steps));
  const scores = await run((options) => session.scores(query, steps, options), "copy");
  return scores && scoreTable(content, steps, scores);
}

function showTable(table: string, show: (box: HTMLElement) => void): void {
  const area = h("textarea", { readonly: true, rows: 8, "aria-label": "The table" });
  area.value = table;
  const why = "The browser keeps its clipboard closed here. Copy the table from this box:";
  show(h("div", { class: "copied" }, h("p", {}, why), area));
  area.focus();
  area.select();
}
