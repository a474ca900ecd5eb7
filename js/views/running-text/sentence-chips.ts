/** Chips at the end of each sentence of the answer: the documents that it rests on. */
import type { Context } from "../../context";
import { h } from "../../dom";
import { elementsOf, markLit, setTint } from "../../panels/rests/chips";
import { unitsOf } from "../../state/units";
import type { Page } from "./page";

/** The chips of a sentence, and its last unit. */
interface Row {
  readonly word: HTMLElement;
  readonly chips: HTMLElement;
}

/** Put chips into the text once it is known what each sentence rests on. */
export function followSentences(page: Page, ctx: Context): void {
  const { state } = ctx;
  let rows: readonly Row[] = [];
  page.follow(() => {
    for (const { chips } of rows) chips.remove();
    rows = rowsOf(page, ctx);
    place(rows);
    if (rows.length > 0) page.moved();
  });
  page.follow(() => {
    void page.folds.changed.value;
    place(rows);
  });
  page.follow(() => {
    void state.falls.value;
    for (const { chips } of rows)
      markLit(chips.querySelectorAll<HTMLElement>(".chip"), state, "aria-selected");
  });
  const { list } = page.built;
  page.follow(() => setTint(list, ctx));
  list.addEventListener("keydown", (event) => move(event, rows), { capture: true, signal: page.end });
}

/** The chips of the sentences that end with a unit; a unit of several tokens may hold several sentences. */
function rowsOf({ built }: Page, ctx: Context): Row[] {
  const content = ctx.state.content.peek();
  const [info, falls] = [content.rests, ctx.state.falls.value];
  if (!info || !falls) return [];
  const units = unitsOf(content);
  const all = elementsOf(info, falls, ctx, (label) =>
    h("span", { class: "chip", role: "option", tabindex: -1, onkeydown: press }, label),
  );
  return info.sentences.flatMap(([start, end], s) => {
    const u = units.of(end - 1);
    const word = built.units[u];
    if (!word || units.end(u) !== end || units.start(u) < start) return [];
    return [{ word, chips: h("span", { class: "rests-on" }, ...(all[s] ?? [])) }];
  });
}

/** Put chips behind their words, also where a thought that is folded has taken these in. */
function place(rows: readonly Row[]): void {
  for (const { word, chips } of rows) if (word.nextSibling !== chips) word.after(chips);
}

function press(event: KeyboardEvent): void {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  event.stopPropagation();
  (event.currentTarget as HTMLElement).click();
}

/** Take the focus from the last word of a sentence to its chips, along them, and back. */
function move(event: KeyboardEvent, rows: readonly Row[]): void {
  const from = event.composedPath()[0] as HTMLElement;
  const row = rows.find(({ word, chips }) => word === from || chips.contains(from));
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const forwards = getComputedStyle(from).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const step = event.key === forwards ? 1 : /^Arrow(Left|Right)$/.test(event.key) ? -1 : 0;
  const all = [row.word, ...row.chips.querySelectorAll<HTMLElement>(".chip")];
  const to = all[all.indexOf(from) + step];
  if (step === 0 || !to) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}
