/** The Why list: the words that gave most to the word explained, with their numbers and how much of it they hold. */
import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame, h, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import { type Tint, tint } from "../../draw/ramp";
import { held } from "../../scores/mass";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import { byWord, piecesOf, strongest } from "../../scores/strongest";
import { told } from "../../scores/told";
import type { Content } from "../../session/content";
import { named } from "../../state/names";
import { blindToClasses, foilOf, methodOf, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { mountCheck } from "./check-line";
import styles from "./why.css";

export const why = { styles, mount };

/** Words listed. */
const listed = 5;
/** Letters of what tells a word from others that leave the word too little room: "51st of 122". */
const longTag = 9;

/**
 * `trouble` tells why nothing more can be computed now, and `failed` why what was asked for last could not be; or null.
 * Returns how many checks were made.
 */
function mount(
  host: HTMLElement,
  ctx: Context,
  trouble?: ReadonlySignal<string | null>,
  failed?: ReadonlySignal<string | null>,
): ReadonlySignal<number> {
  const { state, scores, effect } = ctx;
  const title = h("div", { class: "title" });
  const size = h("p", { class: "size" });
  const rows = Array.from({ length: listed }, () => new Row(ctx));
  const list = h("ol", { "aria-label": "Words that gave most" }, ...rows.map((row) => row.item));
  const sum = h("p", { class: "sum" });
  const check = h("div", { class: "check" });
  const root = h("section", { class: "aw-why aw-list", "aria-label": "Why" }, title, size, list, sum, check);
  host.append(root);
  // A word under the pointer while nothing is explained shows what it fed: the list stays that of the answer.
  const shown = computed(() => {
    const now = scores.shown.value;
    return now?.input == null ? now : scores.held.value;
  });
  const draw = () => {
    const content = state.content.value;
    root.hidden = content.steps.count === 0;
    const units = unitsOf(content);
    const target = named(units.joined(units.ofSteps(targetSteps(state)))).replace(/\s+/g, " ");
    const foil = foilOf(state, targetSteps(state));
    const not = foil && shown.value?.query.foil ? [", not ", { strong: named(foil.text) }] : [];
    const found = shown.value;
    const method = found?.method ?? methodOf(state);
    writeText(
      title,
      method && blindToClasses(method, content)
        ? ["What the answer depended on"]
        : targetSteps(state).length > 0
          ? ["Why ", { strong: target }, ...not]
          : ["Why this answer"],
    );
    const pieces = found ? compared(found) : new Float32Array();
    const values = byWord(pieces, content);
    const sums =
      found && found.sumsOfUnits !== found.values
        ? byWord(compared({ ...found, values: found.sumsOfUnits }), content)
        : values;
    const top = strongest(values, listed);
    const long = content.grouped === "sentence" || content.grouped === "message";
    list.classList.toggle("wide", long || top.some((u) => told(content, u).length > longTag));
    writeText(size, [
      found
        ? sizeText(found, sums, top, content)
        : (failed?.value ?? (trouble?.value ? "not computed" : "computing …")),
    ]);
    const added = found ? sumText(found) : null;
    // The sum keeps its room while the next is computed, and while a head that is pointed at shows its attention.
    sum.hidden = added === null && !methodOf(state)?.signed;
    sum.classList.toggle("waiting", added === null);
    if (added !== null) writeText(sum, [added]);
    const { positive, negative, unsigned } = tint(ctx.theme.value);
    rows.forEach((row, k) => {
      const u = top[k];
      if (!found || u === undefined) row.hide();
      else {
        const v = values[u] as number;
        const color = !found.method.signed ? unsigned : v < 0 ? negative : positive;
        row.show(
          content,
          piecesOf(u, pieces, content),
          v,
          found,
          Math.abs(values[top[0] as number] as number),
          color,
        );
      }
    });
  };
  // The tints come first: the list follows in the frame after.
  const later = afterNextFrame(draw, ctx.signal);
  effect(() => {
    void [shown.value, targetSteps(state), state.foil.value, state.content.value, methodOf(state)];
    void [ctx.theme.value, trouble?.value, failed?.value];
    later();
  });
  draw();
  effect(() => {
    void shown.value;
    for (const row of rows) row.press(state.alone.value);
  });
  return mountCheck(check, ctx, shown);
}

/** "top 5 of 40 hold 71 % · <s> left out". */
function sizeText(
  shown: ShownScores,
  values: Float32Array,
  top: readonly number[],
  content: Content,
): string {
  const { count, share } = held(values, top);
  const units = unitsOf(content);
  const out = shown.sinks.map((u) => named(units.text(u))).join(", ");
  const without = out && ` · ${out} left out`;
  if (top.length === 0) return `No input gave anything${without}.`;
  if (top.length === count) return (count === 1 ? "the only input" : `all ${count} inputs`) + without;
  const rest = shown.hidden.includes(1) ? " of what is shown" : "";
  const joined = top.some((u) => piecesOf(u, shown.values, content).length > 1);
  const words = joined ? " words, their pieces added up," : "";
  // All of it is what all of them hold.
  const percent = share < 0.995 ? Math.round(100 * share) : "over 99";
  return `top ${top.length} of ${count}${words} hold ${percent} %${rest}${without}`;
}

/**
 * What signed scores add up to: "base 3.10 + 2.70 = 5.80, of the score 5.85 (.050 missing)"; where no sum is promised, "adds 3.13, takes .43:
 * = +2.70".
 */
export function sumText(shown: ShownScores): string | null {
  const { method, sum, sums, high, steps } = shown;
  if (!method.signed || sum === null || steps.length === 0) return null;
  if (sums) {
    const [base, score] = sums;
    const missing = score - base - sum;
    const rest =
      Math.abs(missing) > 0.005 * Math.abs(score - base) ? ` (${numeral(missing, true)} is missing)` : "";
    return `base ${numeral(base)} ${sum < 0 ? "−" : "+"} ${numeral(Math.abs(sum))} = ${numeral(base + sum)}, the score ${numeral(score)}${rest}`;
  }
  let [adds, takes] = [0, 0];
  for (const v of compared(shown)) {
    if (v > 0) adds += v;
    else if (v < 0) takes += v;
  }
  const [more, less] = [numeral(adds, false, high), numeral(-takes, false, high)];
  return `adds ${more}, takes ${less} = ${numeral(adds + takes, true, high)}`;
}

/** One word. It is kept and written anew, because the list changes with every move of the pointer. */
class Row {
  readonly item: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #name = h("bdi");
  readonly #tag = h("small");
  readonly #bar = h("i");
  readonly #number = h("span", { class: "num" });
  #unit = -1;

  constructor({ state, announce }: Context) {
    const point = (on: boolean) => () => {
      const units = unitsOf(state.content.peek());
      state.hoveredWord.value = on;
      state.hoveredInput.value = on && this.#unit >= 0 ? units.start(this.#unit) : null;
    };
    const choose = () => {
      const on = state.alone.peek() !== this.#unit;
      state.alone.value = on ? this.#unit : null;
      announce(on ? `${this.#name.textContent} alone.` : "All inputs.");
    };
    this.#button = h(
      "button",
      {
        type: "button",
        title: "Point: frame it in the text. Click: show it alone.",
        "aria-pressed": "false",
        onpointerenter: point(true),
        onpointerleave: point(false),
        onfocus: point(true),
        onblur: point(false),
        onclick: choose,
      },
      h("span", { class: "name" }, this.#name, this.#tag),
      h("span", { class: "track", "aria-hidden": "true" }, this.#bar),
      this.#number,
    );
    this.item = h("li", { hidden: true }, this.#button);
  }

  hide(): void {
    this.item.hidden = true;
    this.#unit = -1;
  }

  show(
    content: Content,
    pieces: readonly number[],
    value: number,
    { high, method }: ShownScores,
    greatest: number,
    color: Tint,
  ): void {
    this.item.hidden = false;
    this.#unit = pieces[0] as number;
    const name = named(unitsOf(content).joined(pieces));
    if (name !== this.#name.textContent) this.#name.textContent = name;
    this.#tag.textContent = told(content, this.#unit);
    this.#number.textContent = numeral(value, method.signed, high);
    const share = greatest > 0 ? Math.abs(value) / greatest : 0;
    this.#bar.className = !method.signed ? "" : value < 0 ? "takes" : "adds";
    this.#bar.style.transform = `scaleX(${share.toFixed(4)})`; // a width would lay the list out with every move
    this.#bar.style.background = `rgb(${color.rgb.join(" ")})`;
  }

  /** Mark the input that is shown alone. */
  press(alone: number | null): void {
    this.#button.setAttribute("aria-pressed", String(alone !== null && alone === this.#unit));
  }
}
