/** Choose layers and heads, by pointer and by keys. A head is `[layer, head]`; head −1 stands for the whole layer. */
import { batch } from "@preact/signals-core";
import type { Head, HeadRule } from "../session/heads";
import { attentionMethod, methodOf } from "./selectors";
import type { State } from "./state";

/** A head as people count: from 1. */
export const headName = ([layer, head]: Head): string =>
  head < 0 ? `layer ${layer + 1}` : `layer ${layer + 1}, head ${head + 1}`;

/** As short as in papers: "L25 H5". */
export const shortName = ([layer, head]: Head): string => `L${layer + 1} H${head + 1}`;

/** The name of a rule in sentences. */
export const ruleName = (rule: HeadRule): string => (rule === "max" ? "maximum" : rule);

/** True if this head, or this whole layer, is chosen. */
export function isChosen({ layer, heads }: State, [l, h]: Head): boolean {
  return h < 0 ? layer.peek() === l : heads.peek().some((other) => other[0] === l && other[1] === h);
}

/** The heads after a click on one. A plain click replaces, or lets the only head go; an adding click adds or removes. */
export function toggled(heads: readonly Head[], [layer, head]: Head, adding: boolean): readonly Head[] {
  const same = (other: Head) => other[0] === layer && other[1] === head;
  const chosen = heads.some(same);
  if (!adding) return chosen && heads.length === 1 ? [] : [[layer, head]];
  if (chosen) return heads.filter((other) => !same(other));
  return [...heads, [layer, head] as Head].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Choose a head or a layer, and show attention. Returns the announcement. */
export function pickHead(state: State, [layer, head]: Head, adding: boolean): string {
  batch(() => {
    showAttention(state);
    if (head < 0) setHeads(state, state.layer.peek() === layer ? null : layer, []);
    else setHeads(state, null, toggled(state.heads.peek(), [layer, head], adding));
  });
  return `${headName([layer, head])} ${isChosen(state, [layer, head]) ? "held" : "let go"}`;
}

/** Choose all heads of all layers. */
export function chooseAll(state: State): void {
  setHeads(state, null, []);
}

/** The next of 0 … count − 1 or null (all), in a ring. */
export function nextInRing(now: number | null, step: 1 | -1, count: number): number | null {
  const next = ((now ?? count) + step + count + 1) % (count + 1);
  return next === count ? null : next;
}

/** Move to the layer before or after; a single chosen head moves with it. Returns the announcement, null without layers. */
export function moveLayer(state: State, step: 1 | -1): string | null {
  const { layers } = state.content.peek();
  if (layers === 0 || !showAttention(state)) return null;
  const [only, ...more] = state.heads.peek();
  if (only && more.length === 0) {
    const head: Head = [(only[0] + step + layers) % layers, only[1]];
    setHeads(state, null, [head]);
    return `Layer ${head[0] + 1}, head ${head[1] + 1}.`;
  }
  const layer = nextInRing(only ? null : state.layer.peek(), step, layers);
  setHeads(state, layer, []);
  return layer === null ? "All layers." : `Layer ${layer + 1}.`;
}

/** Move to the head before or after. Returns the announcement, null without heads. */
export function moveHead(state: State, step: 1 | -1): string | null {
  const { layers, heads } = state.content.peek();
  if (layers === 0 || heads === 0 || !showAttention(state)) return null;
  const [only] = state.heads.peek();
  const layer = only?.[0] ?? state.layer.peek() ?? 0;
  const head = only ? (only[1] + step + heads) % heads : step === 1 ? 0 : heads - 1;
  setHeads(state, null, [[layer, head]]);
  return `Layer ${layer + 1}, head ${head + 1}.`;
}

/** Point at a head, or at none. */
export function hoverHead({ hoveredHead }: State, head: Head | null): void {
  const next = head && head[1] >= 0 ? head : null;
  if (String(hoveredHead.peek()) !== String(next)) hoveredHead.value = next;
}

function setHeads(state: State, layer: number | null, heads: readonly Head[]): void {
  batch(() => {
    state.layer.value = layer;
    state.heads.value = heads;
  });
}

/** Switch to attention; false where the explanation has none. */
function showAttention(state: State): boolean {
  const attention = attentionMethod(state);
  const before = methodOf(state);
  if (attention && before && !before.attention) state.formerMethod.value = before.name;
  if (attention) state.method.value = attention.name;
  return attention !== undefined;
}
