/** Fold away the sentences that hold little, run by run, while the person wishes it. */
import { untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { h } from "../../dom";
import { type Span, sentencesOf } from "../../scores/sentences";
import { keptOf, massIn, tokensOf } from "../../scores/spans";
import type { Content } from "../../session/content";
import { named } from "../../state/names";
import { unitsOf } from "../../state/units";
import type { TextElements } from "./build";
import { chipOf, type Fold } from "./folds";
import type { Page } from "./page";
import { keepPlace, placeIn } from "./place";

/** A run holds less than this of the text. */
const little = 0.05;
/** Fewer tokens take less room than the words that would stand for them. */
const fewest = 12;
/** Characters of the beginning that names a run. */
const beginning = 34;

/** The runs of sentences that hold little, as indices: those that are not among the fewest that hold most. */
export function restRuns(tokens: Float32Array, spans: readonly Span[]): [first: number, end: number][] {
  const kept = new Set(keptOf(tokens, spans));
  const mass = spans.map((span) => massIn(tokens, span));
  const total = mass.reduce((sum, v) => sum + v, 0);
  const runs: [number, number][] = [];
  let held = 0;
  spans.forEach(({ start }, k) => {
    const last = runs.at(-1);
    const own = mass[k] as number;
    if (kept.has(k) || total === 0) return;
    // What stands between them, such as the border of a message, is never folded.
    const follows = last?.[1] === k && spans[k - 1]?.end === start;
    if (last && follows && held + own < little * total) {
      last[1] = k + 1;
      held += own;
    } else if (own < little * total) {
      runs.push([k, k + 1]);
      held = own;
    }
  });
  return runs.filter(([first, end]) => lengthOf(spans.slice(first, end)) >= fewest);
}

const lengthOf = (spans: readonly Span[]): number => (spans.at(-1)?.end ?? 0) - (spans[0]?.start ?? 0);

/** Keep the folds those of the words explained at rest; they do not follow the pointer. */
export function followRest(page: Page, { state, scores }: Context): void {
  const { built, folds, follow } = page;
  let folded = "";
  let rest: readonly Fold[] = [];
  follow(() => {
    const content = state.content.value;
    const on = state.options.value.fold;
    const tokens = tokensOf(scores.held.value, content);
    if (on && !tokens) return;
    untracked(() => {
      const opened = new Set(
        rest.flatMap(({ units }) => (folds.foldedWith(units[0] as number) ? [] : units)),
      );
      const spans = on ? sentencesOf(content) : [];
      const runs = tokens ? restRuns(tokens, spans) : [];
      // The same runs stay as they are: one of them may be under the pointer.
      if (runs.join() === folded) return;
      folded = runs.join();
      const made = runs.flatMap(([first, end]) => makeRest(content, built, spans.slice(first, end)) ?? []);
      for (const { units, group } of made)
        group.classList.toggle("folded", !units.some((u) => opened.has(u)));
      const place = placeIn(page, state);
      folds.replace(rest, made);
      rest = made;
      keepPlace(page, place);
    });
  });
}

/** The fold of a run of sentences; null where they are parts of greater units. */
function makeRest(content: Content, { sentences }: TextElements, spans: readonly Span[]): Fold | null {
  const units = unitsOf(content);
  const run = { start: spans[0]?.start ?? 0, end: spans.at(-1)?.end ?? 0 };
  const [first, end] = [units.of(run.start), units.of(run.end - 1) + 1];
  if (units.start(first) !== run.start || units.end(end - 1) !== run.end) return null;
  const inside = Array.from({ length: end - first }, (_, k) => first + k);
  const words = named(units.joined(inside)).replace(/\s+/g, " ");
  const begins = words.length > beginning ? `${words.slice(0, beginning).trimEnd()}…` : words;
  const name = `${spans.length} sentence${spans.length > 1 ? "s" : ""} · ${run.end - run.start} tokens`;
  const parts = sentences.filter(({ start }) => run.start <= start && start < run.end);
  return {
    units: inside,
    chip: chipOf(`${begins} These hold little: ${name}. Click to show or hide them.`),
    group: h("span", { class: "rest" }),
    name: `“${begins}” ${name}`,
    parts: parts.map(({ element }) => element),
  };
}
