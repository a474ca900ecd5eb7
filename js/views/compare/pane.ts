/** One of the texts that are compared, below a line that says what it shows. */
import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { ViewContext } from "../../context";
import { h } from "../../dom";
import { chance, numeral } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import type { Content } from "../../session/content";
import { quoted } from "../../state/names";
import { foilOf, methodOf, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import type { Page } from "../running-text/page";
import { mountRunningText } from "../running-text/running-text";
import type { Shown } from "./follow";

export interface PaneOptions {
  /** What stands before the method; "" for nothing. */
  readonly title: () => string;
  /** How the method is shown: to be chosen, by name, or not at all. */
  readonly method: "choose" | "name" | "none";
  /** Words can be changed here. */
  readonly editable: boolean;
  /** The words that the other text does not have, as units. */
  readonly lonely?: ReadonlySignal<readonly (readonly number[])[]>;
  /** Take it away. */
  readonly remove?: () => void;
}

export function paneOf(ctx: ViewContext, { title, method, editable, lonely, remove }: PaneOptions): Shown {
  const page = signal<Page | null>(null);
  const [name, range] = [h("b", {}), h("span", { class: "num" })];
  const text = h("div", { class: "cmp-text" });
  const close =
    remove && h("button", { type: "button", class: "x", "aria-label": "Unpin", onclick: remove }, "✕");
  const head = h("div", { class: "cmp-head" }, name, method === "choose" && methodChoice(ctx), range, close);
  const element = h("section", { class: "cmp-pane" }, head, text);
  if (!editable) {
    // The panel that changes words works on the first text.
    element.addEventListener("aw-edit", (event) => event.stopPropagation(), { signal: ctx.signal });
  }
  ctx.effect(() => {
    name.textContent = [title(), method === "name" && methodOf(ctx.state)?.title].filter(Boolean).join(" · ");
    name.hidden = name.textContent === "";
    element.setAttribute("aria-label", `${title()} ${methodOf(ctx.state)?.title ?? ""}`.trim());
    range.textContent = rangeOf(ctx);
  });
  mountRunningText(text, ctx, (made) => {
    page.value = made;
    if (lonely) markLonely(made, lonely);
    return null;
  });
  return { element, page };
}

/** Mark the words that the other text does not have. */
function markLonely({ built, end }: Page, lonely: ReadonlySignal<readonly (readonly number[])[]>): void {
  const stop = effect(() => {
    const marked = new Set(lonely.value.flat());
    built.units.forEach((unit, u) => {
      unit.classList.toggle("lonely", marked.has(u));
    });
  });
  end.addEventListener("abort", stop);
}

/** The word explained, its foil and its probability, and what the tints reach from and to. */
function rangeOf({ state, scores }: ViewContext): string {
  const { content } = state;
  const steps = targetSteps(state);
  const units = unitsOf(content.value);
  const [step] = steps;
  const p = steps.length === 1 && step !== undefined ? content.value.steps.probability[step] : null;
  const word = steps.length > 0 ? quoted(units.joined(units.ofSteps(steps))) : "whole answer";
  const shown = scores.shown.value;
  const foil = shown && foilOf(state, steps);
  const against = foil ? quoted(foil.text) : "";
  const contrasted = shown?.query.foil !== undefined;
  const ends = shown && shown.high > 0 ? scaleOf(shown.high, shown.method) : "";
  return [
    against && contrasted ? `${word}, not ${against}` : word,
    p == null ? "" : `p ${chance(p)}`,
    ends,
    against && !contrasted ? `not against ${against}: ${missing(shown, content.value)}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Why the scores are not against the foil. */
const missing = (shown: ShownScores | null, { contrast }: Content): string =>
  Object.keys(contrast).length > 0 ? `${shown?.method.title} takes no foil` : "that needs the model";

function scaleOf(
  high: number,
  { signed, shares }: { readonly signed: boolean; readonly shares: boolean },
): string {
  const to = numeral(high, signed, high);
  return signed ? `${numeral(-high, true, high)} to ${to}` : `0 to ${to}${shares ? " of 1" : ""}`;
}

function methodChoice(ctx: ViewContext): HTMLElement {
  const { state } = ctx;
  const select = h("select", {
    "aria-label": "Method",
    onchange: () => {
      state.method.value = select.value;
    },
  });
  ctx.effect(() => {
    const chosen = methodOf(state)?.name;
    select.replaceChildren(
      ...state.content.value.methods.map(({ name, title }) => h("option", { value: name }, title)),
    );
    select.value = chosen ?? "";
  });
  return select;
}
