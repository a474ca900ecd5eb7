/** Where arcs run: between words in sight, or to the edge of the view, where those that end near one another are one. */
import type { Box } from "../running-text/boxes";
import type { Arc, Arcs } from "./arcs";
import { type Curve, curveBetween, onOneLine } from "./curve";
import type { Sight } from "./sight";

export interface Route {
  readonly curve: Curve;
  /** The strongest first; several only at an edge. */
  readonly arcs: readonly Arc[];
  /** The edge at which it ends: −1 above, 1 below, 0 none. */
  readonly edge: Edge;
  /** Where it ends there. */
  readonly point: readonly [x: number, y: number];
  /** Where the middle of its number stands, null for none; `outside`: at the edge, for a word that is out of sight. */
  readonly label: { readonly x: number; readonly y: number; readonly outside: boolean } | null;
}

type Edge = -1 | 0 | 1;
/** The boxes at both ends of an arc; one that is out of sight is replaced by a place at the edge. */
interface Ends {
  readonly from: Box;
  readonly to: Box;
  readonly edge: Edge;
  /** The end that is at the edge. */
  readonly away: "from" | "to" | null;
}

/** Ends at an edge this near to one another, in pixels, are one. */
const near = 30;
/** From the edge of the view to the end of an arc. */
const inset = 5;
/** Between the arcs of several heads, in pixels, and the most of all of them. */
const lane = 3;
const lanes = 20;

/** The routes of arcs that have an end in sight, of `heads` heads side by side. */
export function routesOf(
  { list, of }: Pick<Arcs, "list" | "of">,
  boxOf: (unit: number) => Box | undefined,
  view: Sight,
  heads = 0,
): Route[] {
  const routes: Route[] = [];
  const joined = new Map<string, Arc[]>();
  for (const arc of list) {
    const ends = endsOf(boxOf(arc.from), boxOf(arc.to), view);
    if (!ends) continue;
    const arcs = [arc];
    if (ends.away) {
      const key = keyOf(arc, ends, ends.away);
      const others = joined.get(key);
      others?.push(arc);
      if (others) continue;
      joined.set(key, arcs);
    }
    routes.push(routeOf(arcs, ends, of, shiftOf(arc, heads), view));
  }
  return routes;
}

function endsOf(from: Box | undefined, to: Box | undefined, { top, bottom }: Sight): Ends | null {
  if (!from || !to) return null;
  const edgeOf = (box: Box): Edge => (box.top + box.height < top ? -1 : box.top > bottom ? 1 : 0);
  const [first, second] = [edgeOf(from), edgeOf(to)];
  if (first !== 0 && second !== 0) return null;
  const edge = first || second;
  const moved = (box: Box): Box => ({ ...box, top: edge < 0 ? top + inset : bottom - inset, height: 0 });
  if (first) return { from: moved(from), to, edge, away: "from" };
  if (second) return { from, to: moved(to), edge, away: "to" };
  return { from, to, edge, away: null };
}

function keyOf(arc: Arc, { edge, ...ends }: Ends, away: "from" | "to"): string {
  const here = away === "from" ? arc.to : arc.from;
  return [here, edge, Math.round(centre(ends[away]) / near), arc.head, arc.negative, arc.sink].join();
}

function shiftOf({ sink, head }: Arc, heads: number): number {
  if (sink) return -lane;
  return head < 0 ? 0 : (head - (heads - 1) / 2) * Math.min(lane, lanes / heads);
}

function routeOf(arcs: readonly Arc[], ends: Ends, of: Arcs["of"], shift: number, { labels }: Sight): Route {
  const { from, to, edge, away } = ends;
  const named = of === "word" ? "from" : "to";
  const at = ends[away ?? named];
  const point = [centre(at) + shift, at.top] as const;
  const outside = away === named;
  const [x, y] = outside
    ? [point[0], labels[edge < 0 ? 0 : 1]]
    : beside(ends[named], named === "from" ? to : from);
  const label = { x, y, outside };
  return { curve: curveBetween(from, to, shift), arcs, edge, point, label: of === "all" ? null : label };
}

/** Above or below a word, where the arc to the other one is not. */
function beside(box: Box, other: Box): [number, number] {
  const above = onOneLine(box, other) || other.top < box.top;
  return [centre(box), above ? box.top + box.height + 9 : box.top - 8];
}

const centre = ({ left, width }: Box): number => left + width / 2;
