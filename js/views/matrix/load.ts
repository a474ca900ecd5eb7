/** Fetching the numbers of the matrix: all of them while they are few, else a pooled map. */
import { computed, untracked } from "@preact/signals-core";
import { Field, type Reading } from "../../scores/field";
import { type Shape, shapeOf } from "../../scores/shape";
import type { RequestOptions, Selection, Session } from "../../session/session";
import { selection, shownMethod, type ViewContext } from "../../state/selectors";
import type { State } from "../../state/state";
import { unitsOf } from "../../state/units";

const exactUpTo = 100_000;
const valuesPerAnswer = 131_072;

/** Steps in blocks small enough for one answer each. */
export function blocks(steps: readonly number[], inputs: number): number[][] {
  const size = Math.max(1, Math.floor(valuesPerAnswer / Math.max(1, inputs)));
  const out: number[][] = [];
  for (let i = 0; i < steps.length; i += size) out.push(steps.slice(i, i + size));
  return out;
}

/** Puts the exact scores of `steps` into `field`, block by block. */
export async function fetchSteps(
  session: Session,
  field: Field,
  chosen: Selection,
  steps: readonly number[],
  options: RequestOptions,
): Promise<void> {
  let before = 0;
  for (const block of blocks(steps, field.shape.inputs)) {
    const onProgress = (done: number, total: number): void =>
      options.onProgress?.(before + (block.length * done) / Math.max(1, total), steps.length);
    const scores = await session.scores(chosen, block, { ...options, onProgress });
    if (options.signal?.aborted) return;
    field.put(block, scores);
    before += block.length;
  }
}

/** Fills a new field with what `chosen` gives. */
export async function fill(
  session: Session,
  field: Field,
  chosen: Selection,
  options: RequestOptions,
): Promise<void> {
  const { steps, inputs } = field.shape;
  if (steps.flat().length * inputs > exactUpTo) {
    const map = await session.map(chosen, options);
    if (!options.signal?.aborted) field.putMap(map);
  } else await fetchSteps(session, field, chosen, steps.flat(), options);
}

/** How the state wants the numbers read. */
export function reading(state: State, shape: Shape): Reading {
  const { renormalize, span_rule } = state.options.value;
  const hidden = unitsOf(state.content.value).hidden(state.options.value);
  return { hidden: hidden.subarray(0, shape.starts.length), renormalize, spanRule: span_rule };
}

/** Gives `show` the newest field wanted when it is complete. Nothing is asked for while the matrix is not open. */
export function follow(ctx: ViewContext, busy: (on: boolean) => void, show: (shown: Shown) => void): void {
  const { state, session } = ctx;
  const shape = computed(() => shapeOf(state.content.value));
  // By value, for other options leave the numbers as they are.
  const wanted = computed(() => JSON.stringify(selection(state)));
  ctx.effect(() => {
    if (state.view.value !== "matrix") {
      void ctx.run(async () => undefined, "matrix");
      busy(false);
      return;
    }
    const chosen: Selection = JSON.parse(wanted.value);
    const method = shownMethod(state);
    if (!method || shape.value.steps.length === 0) return;
    const field = new Field(
      shape.value,
      method,
      untracked(() => reading(state, shape.value)),
    );
    let over = false;
    busy(true);
    void ctx
      .run((options) => fill(session, field, chosen, options).then(() => field), "matrix")
      .then((made) => {
        // Stopped or failed, what is shown stays that of before.
        if (over || !made) return;
        busy(false);
        show({ field, chosen });
      });
    return () => {
      over = true;
    };
  });
}

/** A complete field and the selection it holds the scores of. */
export interface Shown {
  readonly field: Field;
  readonly chosen: Selection;
}
