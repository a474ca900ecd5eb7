/** The flow view: the running text with arcs from the inputs that hold most of what the word explained depends on. */
import { computed } from "@preact/signals-core";
import type { View, ViewContext } from "../../context";
import { hues } from "../../draw/hues";
import { numeral } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import { held } from "../../scores/strongest";
import { named, unitsOf } from "../../state/units";
import type { Box } from "../running-text/boxes";
import type { Overlay, Page, Sheet } from "../running-text/page";
import { targetFrames } from "../running-text/paint";
import { mountRunningText, styles as textStyles } from "../running-text/running-text";
import { type Arcs, arcsOf, noArcs } from "./arcs";
import { arcBar, type Bar } from "./bar";
import { distance } from "./curve";
import styles from "./flow.css";
import { paintArcs } from "./paint";
import { type Route, routesOf, type Sight } from "./routes";
import { followBundle, followHeadRows } from "./rows";

export const flow: View = { id: "flow", title: "Flow", styles: textStyles + styles, mount };

/** Pixels from an arc at which it is pointed at. */
const reach = 6;
/** From the edge of the view to a number there, and between the number and a line, in pixels. */
const deep = 18;
const room = 13;

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
    return { ...noArcs, of: "all", list: bundle.value.of === shown ? bundle.value.value : [] };
  });
  let routes: readonly Route[] = [];
  page.follow(() => {
    void arcs.value;
    page.redraw();
  });
  page.follow(() =>
    bar.show(arcs.value.of, counted(page, scores.shown.value, arcs.value), heads.value.length),
  );
  return {
    paint(sheet) {
      const { targets } = sheet.picture;
      const [first] = targetFrames(boxes, targets);
      const boxOf = (u: number): Box | undefined => (u === targets[0] ? first : boxes.first(u));
      const now = arcs.value;
      const found = routesOf(now, boxOf, viewOf(sheet), heads.value.length);
      if (!sheet.printing) routes = found;
      paintArcs(sheet, found, {
        hues: heads.value.length > 0 ? hues(sheet.printing ? "light" : ctx.theme.value) : [],
        bundle: now.of === "all",
        says: (route) => sayOf(route, now, ctx),
      });
    },
    unitAt(x, y) {
      const near = routes.map(({ curve }) => distance(curve, x, y, reach));
      const best = near.reduce((least, d, k) => (d < (near[least] as number) ? k : least), 0);
      return (near[best] ?? reach + 1) <= reach ? (routes[best]?.arcs[0]?.from ?? null) : null;
    },
  };

  /** The number at the end of a route; with the word, where that is out of sight. */
  function sayOf({ arcs: own, label }: Route, { of }: Arcs, { state }: ViewContext): string {
    const shown = scores.shown.peek();
    const [first] = own;
    if (!shown || !first) return "";
    const sum = own.reduce((all, { number }) => all + number, 0);
    const text = numeral(sum, shown.method.signed, shown.high);
    // The chip of a fold says its number itself.
    if (!label?.outside) return page.folds.foldedWith(first.from) ? "" : text;
    if (own.length > 1) return `${own.length} inputs ${text}`;
    const end = of === "word" ? first.from : first.to;
    if (page.folds.foldedWith(end)) return `template ${text}`;
    return own.length > 1
      ? `${own.length} inputs ${text}`
      : `${named(unitsOf(state.content.peek()).text(end))} ${text}`;
  }
}

/** How many inputs have an arc, those of a fold each, and how many have a number. */
function counted({ folds }: Page, shown: ShownScores | null, { list }: Arcs): [number, number] {
  if (!shown) return [0, 0];
  const values = compared(shown);
  const drawn = new Set(list.filter(({ sink }) => !sink).map(({ from }) => from));
  const inputs = [...drawn].flatMap((u) => folds.foldedWith(u) ?? [u]);
  const known = inputs.filter((u) => !Number.isNaN(values[u]));
  return [known.length, held(values, []).count];
}

/** What is in sight; numbers at its edges stand between the lines. */
function viewOf({ boxes, view: [top, bottom] }: Sheet): Sight {
  const lines = (from: number) => {
    const [first, end] = boxes.between(from - 60, from + 60);
    return Array.from({ length: end - first }, (_, k) => boxes.first(first + k));
  };
  const covers = (y: number) => (box: Box | undefined) =>
    box !== undefined && box.top - room < y && y < box.top + box.height + room;
  const upper = lines(top).find(covers(top + deep));
  const lower = lines(bottom).find(covers(bottom - deep));
  const labels = [
    upper ? upper.top + upper.height + room : top + deep,
    lower ? lower.top - room : bottom - deep,
  ] as const;
  return { top, bottom, labels };
}
