/** The matches of a search and their summaries as elements. */
import { h } from "../../dom";
import type { Theme } from "../../draw/color";
import { numeral } from "../../draw/numerals";
import { tint } from "../../draw/ramp";
import type { Counts, Similar, SimilarMatch } from "./read";

/** A match in its text: what it reads of each word is its tint. */
export function found(match: SimilarMatch, theme: Theme): HTMLElement {
  const { parts, word, attended, weights, labels } = match;
  const most = Math.max(1e-9, ...weights.filter((weight) => !Number.isNaN(weight)));
  const rgb = tint(theme).unsigned.rgb.join(", ");
  const text = h("p", { dir: "auto" });
  parts.forEach((part, k) => {
    if (k % 2 === 0) {
      text.append(part);
      return;
    }
    const at = (k - 1) / 2;
    const weight = weights[at] ?? Number.NaN;
    const span = h("span", {}, part);
    if (weight > 0) span.style.background = `rgba(${rgb}, ${(0.6 * (weight / most)).toFixed(3)})`;
    if (at === word) span.classList.add("match");
    if (at === attended) span.classList.add("most");
    span.title = titleOf(weight, at, labels);
    text.append(span);
  });
  return h("li", {}, h("span", { class: "num" }, numeral(match.similarity)), text);
}

/** "reads .12 of it · pos NOUN". */
function titleOf(weight: number, at: number, labels: SimilarMatch["labels"]): string {
  const told = Object.entries(labels).map(([name, row]) => `${name} ${row[at] ?? ""}`);
  return [...(Number.isNaN(weight) ? [] : [`attention ${numeral(weight)}`]), ...told].join(" · ");
}

const headings: Readonly<Record<string, string>> = {
  match: "Matched word",
  next: "Next word",
  attended: "Most attended word",
};

/** Small bars: what the words are, as `by` names them, and how far the most attended stands. */
export function barsOf(read: Similar, by: string): HTMLElement[] {
  const summaries = Object.entries(read.summaries[by] ?? {});
  const lists = summaries.map(([of, counts]) => bars(headings[of] ?? of, counts));
  const offsets = read.offsets?.some(([, n]) => n > 0)
    ? [bars("Most attended, by offset", read.offsets)]
    : [];
  return [...lists, ...offsets];
}

function bars(title: string, counts: Counts): HTMLElement {
  const most = Math.max(1, ...counts.map(([, n]) => n));
  const items = counts.map(([name, n]) => {
    const bar = h("i");
    bar.style.transform = `scaleX(${(n / most).toFixed(3)})`;
    return h(
      "li",
      {},
      h("bdi", { title: name }, name),
      h("span", { "aria-hidden": "true" }, bar),
      h("span", { class: "num" }, String(n)),
    );
  });
  return h("div", {}, h("h4", {}, title), h("ul", { "aria-label": title }, ...items));
}
