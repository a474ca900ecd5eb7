/** What might have been written instead of a step. Each can be asked about: why this and not that? */
import type { Context } from "../../context";
import { h } from "../../dom";
import type { Content } from "../../session/content";
import { named, quoted } from "../../state/names";
import { contrast } from "../../state/selection";
import { foilOf, inARow, restingSteps, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { chip } from "./chip";

const shownAtMost = 5;

export function mountAlternatives(host: HTMLElement, ctx: Context): void {
  const { state } = ctx;
  let step: number | undefined;
  // One more, for a foil that the model did not consider.
  const chips = Array.from({ length: shownAtMost + 1 }, () =>
    chip(([text, , id], pressed) => {
      if (step === undefined || id === null) return;
      write("");
      contrast(ctx, pressed ? null : { step, ids: [id], text });
    }),
  );
  const title = h("span");
  const message = h("span", { class: "message", role: "status" });
  const write = (text: string): void => {
    if (message.textContent !== text) message.textContent = text;
  };
  const input = wordInput(ctx, write);
  const onward = h("button", {
    type: "button",
    class: "act",
    title: "Put this word there, keep what is before it, and have the model write on.",
    onclick: () => {
      const foil = state.foil.peek();
      if (foil) void ctx.run((options) => ctx.session.changes.writeOn(foil, options), "continue");
    },
  });
  const back = h("button", {
    type: "button",
    class: "act",
    title: "Return to the text and the answer before.",
    onclick: () => void ctx.run((options) => ctx.session.changes.back(options), "continue"),
  });
  const label = "What might have been written instead";
  const list = h("ul", { "aria-label": label }, ...chips.map(({ item }) => item));
  host.append(title, h("div", {}, list, input, onward, back, message));

  ctx.later(() => {
    const { contrast: methods, steps } = state.content.value;
    const targets = targetSteps(state);
    step = isWord(targets, state.content.value) ? targets[0] : undefined;
    const foil = foilOf(state, targets);
    const others = step === undefined ? [] : (steps.alternatives[step] ?? []).slice(0, shownAtMost);
    const units = unitsOf(state.content.value);
    const said = step === undefined ? "" : units.joined(units.ofSteps([step]));
    const beside = [said, ...others.map(([text]) => text)];
    const able = Object.keys(methods).length > 0;
    const of = others.findIndex(([, , id]) => foil?.ids.length === 1 && id === foil.ids[0]);
    const shown = foil && of < 0 ? [...others, [foil.text, Number.NaN, -1] as const] : others;
    const pressed = of < 0 ? others.length : of;
    chips.forEach(({ show }, k) => {
      show(shown[k], foil !== null && k === pressed, able, beside);
    });
    const { continued = false, contrast_whole = {}, edits } = state.content.value;
    onward.hidden = !foil || Object.keys(contrast_whole).length === 0;
    onward.textContent = foil ? `write on from ${quoted(foil.text)}` : "";
    back.hidden = !continued;
    back.textContent = edits
      ? `↩ undo ${edits.map(changeText(state.content.value)).join(", ")}`
      : "↩ answer before";
    // Classes stand in the text with their probabilities; without a model there is nothing more to say of them.
    const listed = !able && steps.step_noun?.[0] === "class";
    host.hidden = listed || (!continued && (step === undefined || (shown.length === 0 && !able)));
    for (const part of [title, list, input]) part.hidden = step === undefined;
    input.hidden ||= !able;
    const ofPiece = others.length > 0 && said !== units.joined(units.ofSteps(targets));
    const instead = able ? "Why not" : "Instead:";
    title.textContent = ofPiece ? `Instead of its first piece ${quoted(said)}` : instead;
  });
  ctx.effect(() => {
    if (!state.foil.value) write("");
  });
}

/** "Japan → France" for a word that was changed, "without Japan" for one that was deleted. */
const changeText = (content: Content) => {
  const units = unitsOf(content);
  return ([start, end, was]: readonly [number, number, string]): string => {
    if (start === end) return `without ${named(was)}`;
    const now = Array.from(
      { length: units.of(end - 1) - units.of(start) + 1 },
      (_, k) => units.of(start) + k,
    );
    return `${named(was)} → ${named(units.joined(now))}`;
  };
};

/** True if steps are one word, which other words may have stood for: no space is between them. */
function isWord(steps: readonly number[], content: Content): boolean {
  const units = unitsOf(content);
  const [, ...later] = units.ofSteps(steps);
  return inARow(steps) && later.every((u) => !/^\s/.test(units.text(u)) && !units.special(u));
}

/** The input for any other word. `write` shows a message beside it. */
function wordInput(ctx: Context, write: (message: string) => void): HTMLInputElement {
  const input = h("input", {
    type: "text",
    placeholder: "or another word…",
    "aria-label": "Another word that might have been written instead",
    size: 15,
    maxlength: 200,
    autocomplete: "off",
    // Not a form: JupyterLab keeps Enter from submitting one.
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      void ask(input.value);
    },
  });
  async function ask(text: string): Promise<void> {
    const steps = restingSteps(ctx.state);
    const [step] = steps;
    if (step === undefined || !isWord(steps, ctx.state.content.peek()) || text.trim() === "") return;
    const foil = await ctx.run(
      (options) =>
        ctx.session.foil(step, text, options).catch((error) => {
          if (!options.signal?.aborted) write(error instanceof Error ? error.message : String(error));
          return undefined;
        }),
      "foil",
    );
    if (!foil) return;
    input.value = "";
    contrast(ctx, foil);
    write("");
  }
  return input;
}
