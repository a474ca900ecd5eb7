/** The pictures of all heads as a figure, or the head that is enlarged. */
import type { Context } from "../../context";
import { cssPixel } from "../../draw/color";
import type { Figure, FigureLook } from "../../draw/figure";
import { numeral } from "../../draw/numerals";
import { sequential } from "../../draw/ramp";
import { SvgPaper } from "../../draw/svg-paper";
import type { AttentionPart, Head } from "../../session/heads";
import { headName } from "../../state/heads";
import { enlargedHead, partOf, rowsOf } from "./chosen";
import { cellOf, edgesOf, highest, mapSize, paintMap } from "./map-paint";
import { paintMarks, paintPictures } from "./paint";
import { extent, planOf } from "./plan";

/** Elements of a picture for each pixel. */
const detail = 2;

export async function figure(ctx: Context, look: FigureLook): Promise<Figure | undefined> {
  const { state } = ctx;
  const { layers, attention_note, steps } = state.content.peek();
  if (layers === 0) throw new Error(attention_note ?? "This model shows no attention.");
  if (steps.count === 0) throw new Error("Nothing was written, so there is nothing to show.");
  const part = partOf(state);
  const head = enlargedHead(state);
  return part && head ? ofOne(ctx, look, part, head) : ofAll(ctx, look, part);
}

const blues = (table: Uint32Array): string[] =>
  Array.from({ length: 24 }, (_, k) => cssPixel(table[Math.round((k * 254) / 23)] as number));

async function ofAll(
  { state, session, run }: Context,
  look: FigureLook,
  part: AttentionPart | null,
): Promise<Figure | undefined> {
  const content = state.content.peek();
  const size = [part?.layers ?? content.layers, part?.heads ?? content.heads] as const;
  const extents = part ? [part.rows, part.columns].map(([start, end]) => end - start) : [];
  const [rows = content.steps.count, cols = content.inputs] = extents;
  const plan = planOf(look.width - 4, size, [rows, cols], detail);
  const name = part && part.name !== "answer" ? part.name : undefined;
  const glance = await run((options) => session.glance(plan.rows, plan.cols, options, name), "figure");
  if (!glance) return undefined;
  const { table } = sequential(look.theme, "blue");
  return {
    height: extent(plan)[1],
    paint(c, pixels) {
      paintPictures(c, plan, glance, look, table, pixels);
      paintMarks(c, plan, null, state.heads.peek(), look);
    },
    caption: [
      `${content.model || "a model"} · attention of ${part?.title ?? "the answer"} · ${size[0] * size[1]} heads: layers down, heads across`,
      `each picture: a row for each ${rowsOf(part, content)}, from left to right what it read`,
    ],
    scale: { low: "0", high: `${numeral(glance.high)} and more`, colors: blues(table) },
  };
}

async function ofOne(
  { state, session, run }: Context,
  look: FigureLook,
  part: AttentionPart,
  head: Head,
): Promise<Figure | undefined> {
  const content = state.content.peek();
  const [rows, cols] = mapSize(part, look.width);
  const weights = await run((options) => session.headMap(part.name, head, rows, cols, options), "figure");
  if (!weights) return undefined;
  const shown = { part, head, rows, cols, weights, cell: cellOf(cols, look.width) };
  const edges = edgesOf(new SvgPaper(1), shown, content, look);
  const { table } = sequential(look.theme, "blue");
  const high = highest(shown, content.tokens.special);
  return {
    height: edges.top + rows * shown.cell + 4,
    paint: (c, pixels) => paintMap(c, shown, edges, null, { look, table, high, pixels }),
    caption: [
      `${content.model || "a model"} · attention of ${part.title} · ${headName(head)}`,
      "rows read columns; a row adds up to 1 over all that it read",
    ],
    scale: { low: "0", high: numeral(high), colors: blues(table) },
  };
}
