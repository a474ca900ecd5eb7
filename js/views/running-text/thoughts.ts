/** Fold each thought of an answer into one chip. */
import type { Context } from "../../context";
import { h } from "../../dom";
import type { Content } from "../../session/content";
import { type Units, unitsOf } from "../../state/units";
import { chipOf, type Fold } from "./folds";
import type { Page } from "./page";

/** Fold the thoughts away, but one that is explained, and open one when a word of it is held. */
export function followThoughts(page: Page, { state }: Context): void {
  const content = state.content.peek();
  const units = unitsOf(content);
  const { built, folds } = page;
  const made = thoughtsOf(content, units).flatMap((inside, k, all) => {
    const parts = nodesOf(inside, built.units);
    return parts ? [foldOf(inside, units, parts, all.length > 1 ? `thought ${k + 1}` : "thought")] : [];
  });
  folds.replace([], made);
  page.follow(() => {
    for (const u of units.ofSteps(state.held.value)) if (folds.foldedWith(u)) folds.toggle(u);
  });
}

/** The units of each thought that whole units make, unless nothing else was written. */
function thoughtsOf({ thoughts = [], steps }: Content, units: Units): number[][] {
  const all = thoughts.map(([start, end]) => {
    const [first, last] = [units.of(start), units.of(end - 1)];
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
  const whole = all.filter((inside) => inside.every((u) => units.start(u) >= steps.first));
  const written = units.count - units.firstWritten;
  return whole.reduce((sum, inside) => sum + inside.length, 0) < written ? whole : [];
}

/** Everything from the first to the last of these units, in one element; null where they are not in one line of text. */
function nodesOf(inside: readonly number[], elements: readonly HTMLElement[]): HTMLElement | null {
  const [first, last] = [elements[inside[0] as number], elements[inside.at(-1) as number]];
  if (!first || !last || first.parentNode !== last.parentNode) return null;
  const whole = h("span");
  first.before(whole);
  for (let node: ChildNode | null = first; node; ) {
    const next: ChildNode | null = node === last ? null : node.nextSibling;
    whole.append(node);
    node = next;
  }
  return whole;
}

function foldOf(inside: readonly number[], units: Units, whole: HTMLElement, name: string): Fold {
  const count = units.end(inside.at(-1) as number) - units.start(inside[0] as number);
  return {
    units: inside,
    chip: chipOf(`The model wrote ${count} tokens of thought here. Click to show or hide them.`),
    group: h("span", { class: "rest folded" }),
    name: `${name} ·`,
    percent: true,
    parts: [whole],
  };
}
