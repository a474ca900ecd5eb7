/** The outline of a long text: its sections and their parts, what each gave, and which one is in sight. */
import { computed } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame, h, listen } from "../../dom";
import { numeral } from "../../draw/numerals";
import { tint } from "../../draw/ramp";
import { massIn, sumIn, tokensOf } from "../../scores/spans";
import { type Entry, entriesOf } from "./entries";
import styles from "./outline.css";

export const outline = { styles, mount };

/** How far down in what is in sight the part is that is read. */
const reading = 0.4;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, scores, effect } = ctx;
  const list = h("div", { class: "entries", role: "navigation", "aria-label": "Outline" });
  host.append(list);
  const entries = computed(() => entriesOf(state.sent.value));
  let rows: readonly Row[] = [];
  effect(() => {
    rows = entries.value.map((entry) => new Row(entry, ctx));
    rows.forEach(({ button }, k) => {
      button.tabIndex = k === 0 ? 0 : -1;
    });
    list.replaceChildren(...rows.map(({ button }) => button));
  });
  const write = afterNextFrame(() => {
    const shown = scores.shown.peek() ?? scores.held.peek();
    const of = shown?.tokens ? shown : scores.held.peek();
    const tokens = tokensOf(of, state.content.peek());
    const total = tokens ? massIn(tokens, { start: 0, end: tokens.length }) : 0;
    const rgb = tint(ctx.theme.peek()).unsigned.rgb.join(" ");
    for (const row of rows) row.show(tokens, total, of?.method.signed ?? false, rgb);
  }, ctx.signal);
  effect(() => {
    void [entries.value, scores.shown.value, scores.held.value, state.content.value, ctx.theme.value];
    write();
  });
  effect(() => {
    const [first, end] = state.inSight.value;
    void entries.value;
    const read = first + reading * (end - first);
    const here = rows.findLast(({ entry }) => entry.start <= read && read < entry.end);
    for (const row of rows) row.mark(row === here);
  });
  listen(list, ctx.signal, { keydown: (event) => moveFocus(event, rows) });
}

/** One tab stop; arrows, Home and End move inside it. */
function moveFocus(event: KeyboardEvent, rows: readonly Row[]): void {
  const at = rows.findIndex(({ button }) => button === event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const next = to === undefined ? undefined : rows[to];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  if (!next) return;
  (rows[at] as Row).button.tabIndex = -1;
  next.button.tabIndex = 0;
  next.button.focus();
}

class Row {
  readonly entry: Entry;
  readonly button: HTMLButtonElement;
  readonly #number = h("span", { class: "num" });

  constructor(entry: Entry, { state }: Context) {
    this.entry = entry;
    this.button = h(
      "button",
      {
        type: "button",
        class: entry.level === 0 ? "section" : "",
        title: `${entry.title}: ${entry.end - entry.start} tokens`,
        onclick: () => {
          state.sought.value = [entry.start];
        },
      },
      h("span", { dir: "auto" }, entry.title),
      this.#number,
    );
  }

  /** Write what the entry gave, and a bar of its part of all. */
  show(tokens: Float32Array | null, total: number, signed: boolean, rgb: string): void {
    const known = tokens !== null && total > 0;
    this.#number.textContent = known ? numeral(sumIn(tokens, this.entry), signed, total) : "";
    const share = known ? massIn(tokens, this.entry) / total : 0;
    this.button.style.backgroundImage = `linear-gradient(rgb(${rgb} / .8), rgb(${rgb} / .8))`;
    this.button.style.backgroundSize = `${(100 * share).toFixed(1)}% 2px`;
  }

  /** Mark the entry that is in sight. */
  mark(here: boolean): void {
    if (here) this.button.setAttribute("aria-current", "location");
    else this.button.removeAttribute("aria-current");
  }
}
