/** Flow as a figure: the whole text with its arcs. */
import type { Context } from "../../context";
import { cssColor } from "../../draw/color";
import type { Figure, FigureLook } from "../../draw/figure";
import { hues } from "../../draw/hues";
import { numeral } from "../../draw/numerals";
import type { Paper } from "../../draw/paper";
import { tint } from "../../draw/ramp";
import { tinted } from "../../panels/download/colors";
import { paintMarks } from "../../panels/download/drawn";
import { layOut } from "../../panels/download/layout";
import { type Picture, pictureOf } from "../../panels/download/picture";
import { held } from "../../scores/mass";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import type { Head } from "../../session/heads";
import { shortName } from "../../state/heads";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { type Arcs, arcsOf, noArcs } from "./arcs";
import { paintArcs } from "./paint";
import { type Route, routesOf } from "./routes";
import { headRows } from "./rows";
import { amountText } from "./says";

/** Pixels for the names of heads. */
const row = 18;

export async function figure(ctx: Context, look: FigureLook): Promise<Figure | undefined> {
  const [shown, picture] = [ctx.scores.held.peek(), pictureOf(ctx)];
  if (!shown || !picture) throw new Error("The scores are still being computed: wait a moment.");
  const rows = await headRows(ctx, shown, "figure");
  if (!rows) return undefined;
  const { columns, theme, host, width } = look;
  const drawing = layOut(picture, { columns, theme, caption: false }, host, true);
  const zoom = width / drawing.width;
  const arcs = arcsShown(ctx, shown, rows);
  const boxOf = (u: number) => {
    const box = drawing.boxes.get(u);
    const scaled = (v: number) => v * zoom;
    return (
      box && {
        left: scaled(box.left),
        top: scaled(box.top),
        width: scaled(box.width),
        height: scaled(box.height),
      }
    );
  };
  const height = drawing.height * zoom + 8;
  const routes = routesOf(arcs, boxOf, { top: 0, bottom: height, labels: [0, 0] }, rows.length);
  const { signed } = picture;
  const inks = { ...look, ...tint(theme), signed, forced: false };
  const says = ({ arcs: [arc] }: Route) => (arc ? numeral(arc.number, signed, picture.high) : "");
  const percent = Math.round(100 * ctx.state.options.peek().arc_share);
  const share = arcs.of === "all" ? "" : `, the top ${percent} % of it`;
  const heads = rows.length > 0 ? shown.query.heads : [];
  const colors = heads.length > 0 ? hues(theme) : [];
  return {
    height: height + (heads.length > 0 ? row : 0),
    paint(c) {
      paintMarks(c, drawing.tints, zoom);
      const sheet = { under: c, over: c, inks, width, picture: { pointed: null } };
      paintArcs(sheet, routes, { hues: colors, bundle: arcs.of === "all", says });
      paintMarks(c, drawing.marks, zoom);
      paintNames(c, heads, look, height);
    },
    caption: [
      ...picture.caption,
      `arcs: ${amountText(arcs, inputsOf(shown, arcs))}${share}${leftOut(arcs, drawing.boxes)}`,
    ],
    scale: scaleOf(picture, look),
  };
}

function arcsShown(ctx: Context, shown: ShownScores, rows: readonly Float32Array[]): Arcs {
  const targets = unitsOf(ctx.state.content.peek()).ofSteps(restingSteps(ctx.state));
  const values = compared(shown);
  return (
    arcsOf(ctx, { values, high: shown.high, pointed: null, targets, sinks: shown.sinks }, shown, rows) ??
    noArcs
  );
}

/** How many inputs have an arc, and how many have a number. */
function inputsOf(shown: ShownScores, { list }: Arcs): [count: number, among: number] {
  const drawn = new Set(list.filter(({ sink }) => !sink).map(({ from }) => from));
  return [drawn.size, held(compared(shown), []).count];
}

/** Say how many inputs have an arc that is not drawn. */
function leftOut({ list }: Arcs, boxes: ReadonlyMap<number, unknown>): string {
  const starts = new Set(list.filter(({ sink }) => !sink).map(({ from }) => from));
  const missing = [...starts].filter((u) => !boxes.has(u)).length;
  return missing > 0 ? `; ${missing} begin in tokens of the template, which is left out` : "";
}

/** Name the heads beside their hues. */
function paintNames(c: Paper, heads: readonly Head[], look: FigureLook, top: number): void {
  c.font = `12px ${look.sans}`;
  c.textAlign = "left";
  c.textBaseline = "middle";
  c.setLineDash([]);
  let left = 4;
  heads.forEach((head, k) => {
    const name = shortName(head);
    c.strokeStyle = cssColor(hues(look.theme)[k]?.rgb ?? [128, 128, 128]);
    c.lineWidth = 3;
    c.beginPath();
    c.moveTo(left, top + row / 2);
    c.lineTo(left + 14, top + row / 2);
    c.stroke();
    c.fillStyle = look.soft;
    c.fillText(name, left + 19, top + row / 2);
    left += 19 + c.measureText(name).width + 14;
  });
}

function scaleOf(picture: Picture, { theme }: FigureLook): NonNullable<Figure["scale"]> {
  const { signed, high } = picture;
  const shares = Array.from({ length: 24 }, (_, k) => (signed ? (2 * (k + 0.5)) / 24 - 1 : (k + 0.5) / 24));
  return {
    low: signed ? numeral(-high, true, high) : "0",
    high: numeral(high, signed, high),
    colors: shares.map((share) => `#${tinted(picture, share, theme)}`),
  };
}
