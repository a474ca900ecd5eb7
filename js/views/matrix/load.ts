/** Fetch the scores of the matrix: all of them while they are few, else a pooled map. */
import { computed, untracked } from "@preact/signals-core";
import type { ViewContext } from "../../context";
import { Field } from "../../scores/field";
import { scaleFloor } from "../../scores/floor";
import { shapeOf } from "../../scores/shape";
import type { RequestOptions } from "../../session/requests";
import type { ScoreQuery } from "../../session/scores";
import type { Session } from "../../session/session";
import { scoreQuery, shownMethod } from "../../state/selectors";
import { matrixContent, matrixOptions } from "./sentences";

/** The most scores that are fetched exactly at first. */
const exactUpTo = 100_000;

/** A complete field and the query that its scores answer. */
export interface Loaded {
  readonly field: Field;
  readonly query: ScoreQuery;
}

/** Put the exact scores of `steps` into the field. */
export async function fetchSteps(
  session: Session,
  { field, query }: Loaded,
  steps: readonly number[],
  options: RequestOptions,
): Promise<void> {
  const scores = await session.scores(query, steps, options);
  field.put(steps, scores, scaleFloor(session, query, steps));
}

/** Fill a new field. */
export async function fill(session: Session, loaded: Loaded, options: RequestOptions): Promise<Loaded> {
  const { steps, inputs } = loaded.field.shape;
  const all = steps.flat();
  if (all.length * inputs > exactUpTo) loaded.field.putMap(await session.map(loaded.query, options));
  else await fetchSteps(session, loaded, all, options);
  return loaded;
}

/** Give `show` each field that is wanted, once it is complete. Nothing is fetched while the matrix is closed. */
export function followField(
  ctx: ViewContext,
  busy: (on: boolean) => void,
  show: (loaded: Loaded) => void,
): void {
  const { state, session } = ctx;
  const read = computed(() => matrixContent(state));
  const shape = computed(() => shapeOf(read.value));
  // Compared as text, because other options leave the scores as they are.
  const wanted = computed(() => JSON.stringify(scoreQuery(state)));
  ctx.effect(() => {
    if (!ctx.open.value) {
      void ctx.run(async () => undefined, "matrix");
      busy(false);
      return;
    }
    const query: ScoreQuery = JSON.parse(wanted.value);
    const method = shownMethod(state);
    if (!method || shape.value.steps.length === 0) return;
    const options = untracked(() => matrixOptions(state, method, shape.value));
    const field = new Field(shape.value, method, options);
    let outdated = false;
    busy(true);
    void ctx
      .run((request) => fill(session, { field, query }, request), "matrix")
      .then((loaded) => {
        // After an error or a cancel the old picture stays.
        if (outdated || !loaded) return;
        busy(false);
        show(loaded);
      });
    return () => {
      outdated = true;
    };
  });
}
