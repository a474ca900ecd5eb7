/** The form above the table: what texts must have. */
import { h } from "../dom";
import type { About } from "./about";
import { field } from "./field";

export interface Filters {
  readonly text?: string;
  readonly word?: string;
  readonly min_share?: number;
  readonly answer?: string | null;
  readonly right?: boolean | null;
}

const WAIT = 250; // milliseconds after the last key

export function filtersOf({ answers, labelled }: About, changed: (filters: Filters) => void): HTMLElement {
  const text = h("input", { type: "search" });
  const word = h("input", { type: "search", size: 12 });
  const share = h("input", { type: "number", min: 0, max: 100, step: 5, value: 0 });
  const all = (name: string) => h("option", { value: "" }, name);
  const answer = h(
    "select",
    {},
    all("all"),
    ...answers.map(([name, count], k) =>
      h("option", { value: k + 1 }, `${name} (${count.toLocaleString("en")})`),
    ),
  );
  const right = h(
    "select",
    {},
    all("all"),
    h("option", { value: "1" }, "right"),
    h("option", { value: "0" }, "wrong"),
  );
  const read = (): Filters => ({
    text: text.value,
    word: word.value.trim(),
    min_share: Number(share.value) / 100,
    answer: answer.value ? (answers[Number(answer.value) - 1]?.[0] ?? null) : null,
    right: right.value ? right.value === "1" : null,
  });
  let timer = 0;
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => changed(read()), WAIT);
  };
  return h(
    "form",
    { oninput: later, onsubmit: (event: Event) => event.preventDefault() },
    field("Text has", text),
    field("Word", word),
    field("Share at least", share, "%"),
    field("Answer", answer),
    labelled && field("Right or wrong", right),
  );
}
