/** The matrix as a figure: all of its cells. */
import { untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { cssPixel } from "../../draw/color";
import type { Figure, FigureLook } from "../../draw/figure";
import { numeral } from "../../draw/numerals";
import { diverging, faded, sequential } from "../../draw/ramp";
import { SvgPaper } from "../../draw/svg-paper";
import { methodText } from "../../panels/footer/footer-text";
import { Field } from "../../scores/field";
import { shapeOf } from "../../scores/shape";
import { scoreQuery, shownMethod } from "../../state/selectors";
import { type Layout, natural, upright } from "./layout";
import { fill } from "./load";
import { paintMatrix } from "./paint";
import { matrixContent, matrixOptions } from "./sentences";

/** Pixels of the highest figure, and of the names of rows and columns. */
const [tallest, foot, widest] = [1100, 26, 150] as const;

export async function figure(ctx: Context, look: FigureLook): Promise<Figure | undefined> {
  const { state, session, run, scores } = ctx;
  const content = state.content.peek();
  const method = shownMethod(state);
  const read = untracked(() => matrixContent(state));
  const shape = shapeOf(read);
  const [rows, columns] = [shape.starts.length, shape.steps.length];
  if (!method || columns === 0) throw new Error("Nothing was written, so there is nothing to show.");
  const field = new Field(
    shape,
    method,
    untracked(() => matrixOptions(state, method, shape)),
  );
  const query = scoreQuery(state);
  if (!(await run((options) => fill(session, { field, query }, options), "figure"))) return undefined;
  const ruler = new SvgPaper(1);
  ruler.font = `13px ${look.sans}`;
  const longest = shape.rowText.reduce((most, text) => Math.max(most, ruler.measureText(text).width), 0);
  const gutter = Math.min(Math.max(90, longest + 16), widest);
  const across = Math.min(natural.most, (look.width - gutter - 6) / columns);
  const head = upright(across) ? 76 : 30;
  const down = Math.min(20, (tallest - head - foot) / rows);
  const height = Math.ceil(head + rows * down + foot + 2);
  const layout: Layout = { width: look.width, height, gutter, head, foot, rows, columns };
  const ramp = (method.signed ? diverging : sequential)(look.theme);
  const table = faded(ramp, method.signed, 0.25 + 0.75 * state.options.peek().intensity);
  const chosen = new Set(state.held.peek());
  const held = shape.steps.flatMap((steps, c) => (steps.some((step) => chosen.has(step)) ? [c] : []));
  const axis = (scale: number) => ({ offset: 0, scale });
  const picture = { field, layout, across: axis(across), down: axis(down), held, hover: null };
  const { high, greatest, signed } = field;
  const noun = content.steps.step_noun?.[1] ?? "tokens";
  const count =
    read === content
      ? `${rows} inputs (rows) of ${content.steps.count} ${noun} (columns)`
      : `${rows} sentences (rows) of the answer's ${columns} (columns)`;
  const shown = scores.held.peek();
  return {
    height,
    paint: (c, pixels) => paintMatrix(c, picture, { ...look, table }, pixels),
    caption: [
      `${content.model || "a model"} · ${count}`,
      `${method.title}: ${shown ? methodText(shown, content) : method.description}`,
      ...(greatest > high * 1.02 ? [`1 % of cells have more, up to ${numeral(greatest, false, high)}`] : []),
      ...(signed ? ["orange: speaks for it; blue: against it"] : []),
    ],
    scale: {
      low: signed ? numeral(-high, true, high) : "0",
      high: numeral(high, signed, high),
      colors: Array.from({ length: 24 }, (_, k) => cssPixel(table[Math.round((k * 254) / 23)] as number)),
    },
  };
}
