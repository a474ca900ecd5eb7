/** The help panel: what pointer and keys do. */

import type { Part } from "../../context";
import { h } from "../../dom";
import { termList } from "../terms";
import styles from "./panels.css";

export const help: Part = { styles, mount: (host) => host.append(helpPanel()) };

const grammar: readonly (readonly [readonly string[], string])[] = [
  [["Hover"], "a word of the answer: which words carried it"],
  [["Hover"], "a word of the prompt: which words of the answer it fed, or what it gave to the one held"],
  [["Click"], "holds a word of the answer; again lets it go"],
  [
    ["Click"],
    "a word of the prompt: it stays pointed at; a mask or a word with a label: holds what is said of it",
  ],
  [["Shift"], "and click: holds everything from the word held to this one"],
  [["←", "→", "↑", "↓"], "moves through the text, or through the matrix"],
  [["Enter"], "holds the word with the cursor; with Shift up to it"],
  [["[", "]"], "the layer before, the next; a held head moves with it"],
  [["{", "}"], "the head before, the next"],
  [["Click"], "a cell of Heads that fed it: the attention of that head; with Shift, one head more"],
  [["Click"], "a word under Why not: what speaks for the word held rather than for that one"],
  [["C"], "compares two methods, two explanations, or now and pinned words; again leads back"],
  [["P"], "pins the word held, as it is shown now: Compare sets it beside what is held next"],
  [["E"], "or a double click: changes a word of the prompt, where Python runs; Enter keeps the change"],
  [["F"], "folds the thought, the template or the sentences around the cursor, or opens them"],
  [["M"], "goes to the next word that a context changed, or that changed it; Shift and M to the one before"],
  [["/"], "searches in the text; N goes to the next hit, Shift and N to the one before"],
  [["Esc"], "goes back one step: the foil, heads, the method before, the word"],
];

function helpPanel(): HTMLElement {
  const rows = grammar.map(([keys, does]) =>
    h("div", {}, h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, does)),
  );
  return h(
    "div",
    { class: "help" },
    h("dl", {}, ...rows),
    h(
      "p",
      {},
      "A framed word is explained. The stronger a word is tinted, the more it gave; its number stands beside it when you point at it. " +
        "Attention says where the model looked, not why it answered as it did.",
    ),
    h("details", {}, h("summary", {}, "The words, and their formulas"), termList()),
  );
}
