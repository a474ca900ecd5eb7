/** The table of layers as a figure: as many steps as are wide enough, with the one explained among them, and its lines. */
import type { Context } from "../../context";
import type { Figure, FigureLook } from "../../draw/figure";
import { tint } from "../../draw/ramp";
import { SvgPaper } from "../../draw/svg-paper";
import { saidText } from "../../panels/download/picture";
import { named } from "../../state/names";
import { foilOf, restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { rivalsOf } from "./chart";
import { linesOf, paintLines, planLines, type WordLine } from "./lines";
import { cutter, paintTable } from "./paint";
import { gutter, head, type Plan } from "./plan";

const [narrow, wide, down] = [62, 120, 17] as const;

export async function figure(ctx: Context, look: FigureLook): Promise<Figure | undefined> {
  const { state, session, run } = ctx;
  const content = state.content.peek();
  const { lens, lens_note, steps } = content;
  if (!lens) throw new Error(lens_note ?? "Reading the layers needs the model, which is not available here.");
  if (steps.count === 0) throw new Error("Nothing was written, so there is nothing to show.");
  const count = Math.min(steps.count, Math.floor((look.width - gutter - 2) / narrow));
  const across = Math.min(wide, Math.floor((look.width - gutter - 2) / count));
  const held = restingSteps(state);
  const first = Math.max(0, Math.min((held[0] ?? 0) - Math.floor(count / 2), steps.count - count));
  const wanted = Array.from({ length: count }, (_, k) => first + k);
  const unread = wanted.filter((step) => !session.knownLens(step));
  if (unread.length > 0 && !(await run((options) => session.lens(unread, options), "figure")))
    return undefined;
  const lines = held.length === 1 ? await rivalLines(ctx, held[0] as number) : [];
  if (!lines) return undefined;
  const width = gutter + count * across + 1;
  const height = head + lens.layers * down + 2;
  const plan: Plan = { layers: lens.layers, steps: first + count, across, down, width, height };
  const { said, negative } = tint(look.theme);
  const ruler = new SvgPaper(1);
  const cut = cutter(ruler, named);
  ruler.font = `11px ${look.sans}`;
  const below = planLines(lines, look.width, (text) => ruler.measureText(text).width);
  const units = unitsOf(content);
  const picture = {
    plan,
    left: first * across,
    top: 0,
    hovered: null,
    lensOf: (step: number) => session.knownLens(step),
    said: (step: number) => units.text(units.of(steps.first + step)),
    held: (step: number) => held.includes(step),
  };
  const noun = steps.step_noun ?? ["token", "tokens"];
  return {
    height: height + below.height,
    paint(c, pixels) {
      const words = (word: string) => cut(word, across - 8);
      paintTable(c, picture, { ...look, saidTint: said, otherTint: negative, cut: words }, pixels);
      if (lines.length > 0) paintLines(c, lines, below, height, look);
    },
    caption: [
      `${content.model || "a model"} · ${saidText(state)}`,
      `logit lens: what each layer (rows) would have said at each ${noun[0]}, shaded by its p = 0 … 1; red where it was said`,
      ...(lines.length > 0 ? ["lines: p of what was said and of its rivals, layer by layer"] : []),
      ...(count < steps.count ? [`${count} of ${steps.count} ${noun[1]}`] : []),
    ],
  };
}

/** The lines of a step; undefined where the work was cancelled. */
async function rivalLines(
  { state, session, run }: Context,
  step: number,
): Promise<readonly WordLine[] | undefined> {
  const content = state.content.peek();
  const rivals = rivalsOf(content, step, foilOf(state, [step]));
  const ids = rivals.map(([, , id]) => id);
  const [lens] = (await run((options) => session.lens([step], options, ids), "figure")) ?? [];
  const units = unitsOf(content);
  const said = units.text(units.of(content.steps.first + step));
  return lens && linesOf(lens, [said, ...rivals.map(([text]) => text)].map(named));
}
