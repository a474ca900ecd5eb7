/** Paint arcs under the words, and their arrows and numbers over them. */
import { cssColor } from "../../draw/color";
import type { Paper } from "../../draw/paper";
import type { Tint } from "../../draw/ramp";
import { textWidth } from "../../draw/text-width";
import type { Sheet } from "../running-text/page";
import type { Inks, Picture } from "../running-text/paint";
import type { Arc } from "./arcs";
import type { Route } from "./routes";

/** How arcs look, and what the number of a route says. */
export interface Look {
  /** The hues of several heads. */
  readonly hues: readonly Tint[];
  /** All words at once: a faint bundle. */
  readonly bundle: boolean;
  readonly says: (route: Route) => string;
}

/** Arcs of a bucket are one path: a stroke costs more than a curve. */
const buckets = 8;
/** Round dots would take as long as all else, and short dashes as long as the curves. */
const dotted = [4, 7];
const dashed = [6, 4];
const size = 11;
const digit = 6.7;
/** The most numbers: of many weak inputs, those of the strongest. */
const most = 40;
const bold = `600 ${size}`;

/** What arcs are painted on. */
type Ground = Pick<Sheet, "under" | "over" | "inks" | "width"> & {
  readonly picture: Pick<Picture, "pointed">;
};

export function paintArcs(sheet: Ground, routes: readonly Route[], look: Look): void {
  const { picture, over } = sheet;
  const [shown, pale] = pointedAt(routes, picture.pointed);
  strokeAll(sheet, pale, look, look.bundle ? 0.22 : 0.25);
  strokeAll(sheet, shown, look, look.bundle && pale.length === 0 ? 0.3 : 1);
  // Setting a font is slow; a canvas forgets it when it is sized.
  if (!over.font.startsWith(bold)) over.font = `${bold}px ${sheet.inks.sans}`;
  over.textAlign = "center";
  over.textBaseline = "middle";
  const taken: Area[] = [];
  for (const route of shown) paintEnd(sheet, route, look, taken);
}

/** The routes of the unit pointed at, then all others; with no such route, all of them come first. */
function pointedAt(routes: readonly Route[], pointed: number | null): [Route[], Route[]] {
  const own = ({ arcs }: Route) => arcs.some(({ from }) => from === pointed);
  if (pointed === null || !routes.some(own)) return [[...routes], []];
  return [routes.filter(own), routes.filter((route) => !own(route))];
}

function strokeAll({ under, inks }: Ground, routes: readonly Route[], look: Look, opacity: number): void {
  const paths = new Map<string, Route[]>();
  for (const route of routes) {
    const [{ share, head, negative, sink }] = route.arcs as [Arc];
    const key = [Math.ceil(share * buckets), head, negative, sink || route.edge !== 0, sink].join();
    const others = paths.get(key);
    if (others) others.push(route);
    else paths.set(key, [route]);
  }
  for (const same of paths.values()) {
    const [first] = same as [Route];
    const [{ share, negative, sink }] = first.arcs as [Arc];
    const { color, alpha } = colorOf(first.arcs[0] as Arc, inks, look);
    const strength = Math.ceil(share * buckets) / buckets;
    under.strokeStyle = color;
    under.globalAlpha = opacity * alpha * (sink ? 0.6 : 0.45 + 0.55 * strength);
    under.lineWidth = 1 + strength * (look.bundle ? 1 : look.hues.length > 0 ? 2 : 3.4);
    under.setLineDash(sink || first.edge !== 0 ? dotted : negative ? dashed : []);
    under.beginPath();
    for (const { curve } of same) {
      const [x0, y0, x1, y1, x2, y2, x3, y3] = curve;
      under.moveTo(x0, y0);
      under.bezierCurveTo(x1, y1, x2, y2, x3, y3);
    }
    under.stroke();
  }
  under.setLineDash([]);
  under.globalAlpha = 1;
}

function colorOf(
  { sink, head, negative }: Arc,
  inks: Inks,
  { hues }: Look,
): { color: string; alpha: number } {
  if (inks.forced) return { color: inks.ink, alpha: 1 };
  if (sink) return { color: inks.soft, alpha: 1 };
  const plain = !inks.signed ? inks.unsigned : negative ? inks.negative : inks.positive;
  const { rgb, alpha } = hues[head] ?? plain;
  return { color: cssColor(rgb), alpha };
}

/** left, right and middle. */
type Area = readonly [left: number, right: number, y: number];

/** The arrow of a route at an edge, and its number where there is room for it. */
function paintEnd({ over, inks, width }: Ground, route: Route, look: Look, taken: Area[]): void {
  const { color } = colorOf(route.arcs[0] as Arc, inks, look);
  over.fillStyle = color;
  if (route.edge !== 0 && !look.bundle) paintArrow(over, route);
  const text = route.label && look.says(route);
  if (!route.label || !text || taken.length >= most) return;
  // Measuring hundreds of texts takes longer than all else; digits are alike.
  const half = (digit * text.length) / 2 + 3;
  const { y } = route.label;
  const x = Math.max(half, Math.min(width - half, route.label.x));
  if (taken.some(([left, right, at]) => Math.abs(at - y) < size && x - half < right && left < x + half))
    return;
  taken.push([x - half, x + half, y]);
  const { outside } = route.label;
  const side = outside ? textWidth(over, text) / 2 + 5 : half;
  paintGround(over, inks, [x - side, y - size / 2 - 1, 2 * side, size + 2], outside);
  over.fillStyle = inks.signed || look.hues.length > 0 ? inks.ink : inks.violet;
  over.fillText(text, x, y);
}

/** A ground for a number, with a frame at an edge. */
function paintGround(c: Paper, inks: Inks, box: [number, number, number, number], framed: boolean): void {
  c.fillStyle = inks.ground;
  c.fillRect(...box);
  if (!framed) return;
  c.strokeStyle = inks.soft;
  c.lineWidth = 0.5;
  c.strokeRect(...box);
}

function paintArrow(c: Paper, { edge, point: [x, y] }: Route): void {
  c.beginPath();
  c.moveTo(x - 3.5, y - edge * 2);
  c.lineTo(x + 3.5, y - edge * 2);
  c.lineTo(x, y + edge * 4);
  c.fill();
}
