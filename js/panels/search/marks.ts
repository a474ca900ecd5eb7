/** Underline on the text what was searched for. */
import { computed, untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import type { Box } from "../../views/running-text/boxes";
import { rangeOver } from "../../views/running-text/letters";
import type { Page } from "../../views/running-text/page";
import { type Hit, hitsOf } from "./hits";

/** Hits that are marked: a letter may occur a thousand times. */
const marked = 400;
/** How thick the lines under the hit that was gone to, and under others, are. */
const [thick, thin] = [4, 2];

export function followHits(page: Page, { state }: Context): void {
  const words = computed(() => state.options.value.search);
  const hits = computed(() => hitsOf(state.sent.value, words.value).slice(0, marked));
  let boxes: readonly (readonly Box[])[] = [];
  page.follow(() => {
    void [page.measured.value, page.folds.changed.value];
    const found = hits.value;
    if (found.length === 0 && boxes.length === 0) return;
    boxes = untracked(() => found.map((hit) => boxesOf(hit, page, state.content.peek())));
    page.redraw();
  });
  page.follow(() => {
    const [now, ink] = [state.hit.value, page.inks.value.found];
    page.marks = (c, top, bottom) => {
      c.fillStyle = ink;
      boxes.forEach((own, k) => {
        for (const { left, top: at, width, height } of own)
          if (at + height >= top && at <= bottom)
            c.fillRect(left, at + height, width, k === now ? thick : thin);
      });
    };
    if (boxes.length > 0) page.redraw();
  });
}

/** The boxes of a hit in the list. */
function boxesOf({ from, to }: Hit, { built }: Page, content: Parameters<typeof rangeOver>[1]): Box[] {
  const origin = built.list.getBoundingClientRect();
  const zoom = origin.width / built.list.offsetWidth || 1;
  return Array.from(rangeOver(built, content, from, to)?.getClientRects() ?? [], (box) => ({
    left: (box.left - origin.left) / zoom,
    top: (box.top - origin.top) / zoom,
    width: box.width / zoom,
    height: box.height / zoom,
  }));
}
