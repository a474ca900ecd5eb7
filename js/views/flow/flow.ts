/** The flow view: the running text with arcs from the inputs that hold most of what the word explained depends on. */
import { computed } from "@preact/signals-core";
import type { Part, ViewContext } from "../../context";
import { hues } from "../../draw/hues";
import { followLater } from "../../state/later";
import type { Box } from "../running-text/boxes";
import type { Overlay, Page } from "../running-text/page";
import { targetFrames } from "../running-text/paint";
import { mountRunningText, styles as textStyles } from "../running-text/running-text";
import { type Arcs, arcsOf } from "./arcs";
import { arcBar, type Bar } from "./bar";
import { distance } from "./curve";
import { figure } from "./figure";
import styles from "./flow.css";
import { paintArcs } from "./paint";
import { type Route, routesOf } from "./routes";
import { followBundle, followHeadRows } from "./rows";
import { counted, endText } from "./says";
import { sightOf } from "./sight";

export const flow: Part<ViewContext> = { styles: textStyles + styles, mount, figure };

/** Pixels from an arc at which it is pointed at. */
const reach = 6;

function mount(host: HTMLElement, ctx: ViewContext): void {
  host.classList.add("flow");
  const bar = arcBar(ctx);
  host.append(bar.element);
  mountRunningText(host, ctx, (page) => arcsOn(page, ctx, bar));
}

function arcsOn(page: Page, ctx: ViewContext, bar: Bar): Overlay {
  const { scores } = ctx;
  const { boxes, folds } = page;
  const [rows, bundle] = [followHeadRows(page, ctx), followBundle(page, ctx)];
  const heads = computed(() => {
    const { of, value } = rows.value;
    return of === scores.shown.value ? value.map((row) => folds.merged(row)) : [];
  });
  const arcs = computed((): Arcs => {
    const shown = scores.shown.value;
    const found = arcsOf(ctx, page.picture.value, shown, heads.value);
    if (found) return found;
    const list = bundle.value.of === shown ? bundle.value.value : [];
    return { list, among: list.length, of: "all" };
  });
  let routes: readonly Route[] = [];
  page.follow(() => {
    void arcs.value;
    page.redraw();
  });
  // The arcs come first: the line over them follows in the frame after.
  followLater(() => {
    if (ctx.open.value)
      bar.show(arcs.value, counted(page, scores.shown.value, arcs.value), heads.value.length);
  }, page.end);
  return {
    paint(sheet) {
      const { targets } = sheet.picture;
      const [first] = targetFrames(boxes, targets);
      const boxOf = (u: number): Box | undefined => (u === targets[0] ? first : boxes.first(u));
      const now = arcs.value;
      const found = routesOf(now, boxOf, sightOf(sheet), heads.value.length);
      if (!sheet.printing) routes = found;
      paintArcs(sheet, found, {
        hues: heads.value.length > 0 ? hues(sheet.printing ? "light" : ctx.theme.value) : [],
        bundle: now.of === "all",
        says: (route) => endText(route, now, page, ctx),
      });
    },
    unitAt(x, y) {
      const near = routes.map(({ curve }) => distance(curve, x, y, reach));
      const best = near.reduce((least, d, k) => (d < (near[least] as number) ? k : least), 0);
      return (near[best] ?? reach + 1) <= reach ? (routes[best]?.arcs[0]?.from ?? null) : null;
    },
  };
}
