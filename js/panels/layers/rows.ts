/** Which layers the panel lists, and what is said of layers in words. */
import { chance } from "../../draw/numerals";
import type { StepLens } from "../../session/lens";
import { named } from "../../state/names";

/** Rows listed. */
export const listed = 7;

/**
 * The layers to list: the first, the last, the first in which what was said leads; then those where the likeliest word
 * changes, words that stay longer first; then those in the middle of the widest gaps.
 */
export function rowsOf({ rank, words, top }: StepLens): number[] {
  const count = rank.length;
  const word = (layer: number) => words[layer * top];
  const stays = (layer: number): number => {
    let end = layer + 1;
    while (end < count && word(end) === word(layer)) end++;
    return end - layer;
  };
  const rows = new Set([0, count - 1, Math.max(0, rank.indexOf(1))]);
  const changes = [...rank.keys()].filter((layer) => layer > 0 && word(layer) !== word(layer - 1));
  for (const layer of changes.sort((a, b) => stays(b) - stays(a) || b - a))
    if (rows.size < listed) rows.add(layer);
  while (rows.size < Math.min(listed, count)) {
    const known = [...rows].sort((a, b) => a - b);
    const gaps = known.map((row, k) => row - (known[k - 1] ?? row));
    const widest = gaps.lastIndexOf(Math.max(...gaps));
    rows.add((known[widest] as number) - Math.ceil((gaps[widest] as number) / 2));
  }
  return [...rows].sort((a, b) => a - b);
}

/** "leads from layer 22 of 30 on", "first leads in layer 12 …", or "leads in no layer". */
export function leadText({ rank }: StepLens): string {
  const [first, last, count] = [rank.indexOf(1), rank.at(-1), rank.length];
  if (first < 0) return `leads in no layer of ${count}; rank ${last} in the last`;
  if (first === count - 1) return `leads in the last layer alone, ${count}`;
  const from = rank.findLastIndex((r) => r !== 1) + 1;
  if (from === 0) return `leads in all ${count} layers`;
  if (from === first) return `leads from layer ${first + 1} of ${count} on`;
  const end =
    from < count ? `for good from layer ${from + 1} of ${count}` : `rank ${last} in the last, ${count}`;
  return `first leads in layer ${first + 1}, ${end}`;
}

/** The likeliest words of a layer, a line each, and what was said below them unless it leads. */
export function likelyText(lens: StepLens, layer: number, said: string): string {
  const words = lens.words
    .slice(layer * lens.top, (layer + 1) * lens.top)
    .map((word, j) => `${chance(lens.p[layer * lens.top + j] as number)} ${named(word)}`);
  const rank = lens.rank[layer];
  const own =
    rank === 1
      ? []
      : [`${chance(lens.said[layer] as number)} ${said}, which was said: rank ${rank?.toLocaleString("en")}`];
  return [`layer ${layer + 1}`, ...words, ...own].join("\n");
}
