/** The rows that Flow needs besides those shown: of each chosen head, and of every step. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Context, ViewContext } from "../../context";
import { unitScores } from "../../scores/combine";
import { Field } from "../../scores/field";
import { scoreOptions } from "../../scores/options";
import { shapeOf } from "../../scores/shape";
import type { ShownScores } from "../../scores/shown-scores";
import { compared, sinksOf } from "../../scores/sink";
import { strongest } from "../../scores/strongest";
import { unitsOf } from "../../state/units";
import type { Page } from "../running-text/page";
import type { Arc } from "./arcs";

/** Heads beyond this many have no hues of their own. */
export const mostHeads = 10;
/** Arcs of each word while all words are shown at once. */
const each = 2;

/** What was computed for some scores. */
export interface Beside<T> {
  readonly of: ShownScores | null;
  readonly value: readonly T[];
}

/** The values of each of the chosen heads for the scores shown, where they are two or more. */
export function followHeadRows(page: Page, ctx: ViewContext): ReadonlySignal<Beside<Float32Array>> {
  const out = signal<Beside<Float32Array>>({ of: null, value: [] });
  page.follow(() => {
    const shown = ctx.scores.shown.value;
    if (!shown) return;
    void headRows(ctx, shown, "heads of flow").then((value) => {
      if (value && value.length > 0) out.value = { of: shown, value };
    });
  });
  return out;
}

/** The values of each head of `shown`, where they are two to ten, else none; undefined where the work was cancelled. */
export async function headRows(
  { state, session, run }: Context,
  shown: ShownScores,
  lane: string,
): Promise<readonly Float32Array[] | undefined> {
  const { heads } = shown.query;
  if (shown.input !== null || heads.length < 2 || heads.length > mostHeads) return [];
  const content = state.content.peek();
  const all = await run(
    (options) =>
      Promise.all(
        heads.map((head) => session.scores({ ...shown.query, heads: [head] }, shown.steps, options)),
      ),
    lane,
  );
  return all?.map((scores) => {
    const rows = shown.steps.map((_, k) => scores.subarray(k * content.inputs, (k + 1) * content.inputs));
    const ends = unitsOf(content).inputEnds;
    const { shown: values } = unitScores(rows, content.tokens.start, ends, scoreOptions(state, shown.method));
    return compared({ ...shown, values });
  });
}

/** The strongest arcs of every word, for the scores of the whole answer. */
export function followBundle(page: Page, ctx: ViewContext): ReadonlySignal<Beside<Arc>> {
  const { state, session, scores } = ctx;
  const out = signal<Beside<Arc>>({ of: null, value: [] });
  page.follow(() => {
    const shown = scores.shown.value;
    const { count } = state.content.value.steps;
    if (!shown || page.picture.value.targets.length > 0 || shown.steps.length < count) return;
    void page.folds.changed.value;
    // These rows are known: what is shown is their mean.
    void ctx
      .run((options) => session.scores(shown.query, shown.steps, options), "bundle of flow")
      .then((rows) => {
        if (rows) out.value = { of: shown, value: bundle(page, ctx, shown, rows) };
      });
  });
  return out;
}

function bundle({ folds }: Page, { state }: ViewContext, shown: ShownScores, rows: Float32Array): Arc[] {
  const content = state.content.peek();
  const units = unitsOf(content);
  const field = new Field(shapeOf(content), shown.method, scoreOptions(state, shown.method));
  field.put(shown.steps, rows);
  const arcs = field.shape.steps.flatMap((_, c) => {
    const values = new Float32Array(units.count).fill(Number.NaN);
    values.set(field.column(c) ?? []);
    const sinks = state.options.peek().scale_sink ? [] : sinksOf(values, content);
    const merged = folds.merged(compared({ values, sinks, own: [] }));
    return strongest(merged, each).map((from) => ({
      from,
      to: units.firstWritten + c,
      v: merged[from] as number,
    }));
  });
  const most = arcs.reduce((high, { v }) => Math.max(high, Math.abs(v)), 0);
  return arcs.map(({ from, to, v }) => ({
    from,
    to,
    number: Number.NaN,
    share: Math.abs(v) / most,
    negative: v < 0,
    head: -1,
    sink: false,
  }));
}
