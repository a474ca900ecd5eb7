/** Scroll one of two texts to where the other one is, by the words that both have. */
import type { Page } from "../running-text/page";
import type { Links } from "./links";

type Text = Pick<Page, "boxes" | "built" | "folds" | "scroller">;

/** A word that both have: how far below the upper end of either text it is. */
type Anchor = readonly [here: number, there: number];

/** Scroll `to` until the words at its upper edge are those of `from`. With `back`, `from` is the text there. */
export function scrollAlong(from: Text, to: Text, links: Links, back: boolean): void {
  const [before, after] = anchors(from, to, links, back);
  const at = from.scroller.scrollTop;
  const part = after[0] > before[0] ? (at - before[0]) / (after[0] - before[0]) : 0;
  to.scroller.scrollTop = before[1] + Math.max(0, Math.min(1, part)) * (after[1] - before[1]);
}

/** The last word of both above the upper edge of `from` and the first one below; the ends of the texts where there is none. */
function anchors(from: Text, to: Text, links: Links, back: boolean): readonly [Anchor, Anchor] {
  const at = from.scroller.scrollTop;
  const count = from.built.units.length;
  const anchor = (u: number): Anchor | null => {
    const [v] = links.of(u, back);
    const here = depth(from, u);
    const there = v === undefined ? null : depth(to, v);
    return here === null || there === null ? null : [here, there];
  };
  const [first] = from.boxes.between(at - from.built.list.offsetTop, at);
  let [before, after]: (Anchor | null)[] = [null, null];
  for (let u = first; u < count && !after; u++) {
    const found = anchor(u);
    if (found && found[0] > at) after = found;
    else before = found ?? before ?? null;
  }
  for (let u = first - 1; u >= 0 && !before; u--) before = anchor(u);
  return [before ?? [0, 0], after ?? [from.scroller.scrollHeight, to.scroller.scrollHeight]];
}

function depth({ boxes, built, folds }: Text, u: number): number | null {
  const box = boxes.first(folds.standIn(u));
  return box ? box.top + built.list.offsetTop : null;
}
