/** What one display gives each word more than another one, drawn as signed scores. */
import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Legend, ViewContext } from "../../context";
import { greatest } from "../../scores/combine";
import type { ShownScores } from "../../scores/shown-scores";
import { unitsOf } from "../../state/units";
import { difference, paired } from "./likeness";
import type { Links } from "./links";

/** The scale of a difference, or of several, each of which has its own. */
export const legendOf = (
  shown: readonly (ShownScores | null)[],
  [a, b]: readonly [string, string],
): Legend => ({
  high: shown.length === 1 ? (shown[0]?.high ?? null) : null,
  says: `as shares: solid where ${a} gives more, dashed where ${b} does${shown.length > 1 ? "; each row has its own scale" : ""}`,
});

/** The context of the first display, with the scores of the second subtracted. */
export function differenceOf(
  first: ViewContext,
  second: ViewContext,
  links: ReadonlySignal<Links>,
  title: () => string,
): ViewContext {
  const less = (
    a: ReadonlySignal<ShownScores | null>,
    b: ReadonlySignal<ShownScores | null>,
  ): ReadonlySignal<ShownScores | null> =>
    computed(() => {
      if (!a.value || !b.value || a.value.steps.length === 0 || b.value.steps.length === 0) return null;
      return subtracted(a.value, b.value, links.value, unitsOf(first.state.content.value).count, title());
    });
  const scores = {
    shown: less(first.scores.shown, second.scores.shown),
    held: less(first.scores.held, second.scores.held),
  };
  return { ...first, scores };
}

function subtracted(a: ShownScores, b: ShownScores, links: Links, units: number, title: string): ShownScores {
  const values = difference(paired(a, b, links), units, a.method.signed && b.method.signed);
  const most = greatest(values);
  const method = { ...a.method, title, signed: true, shares: false };
  return {
    ...a,
    method,
    values,
    sumsOfUnits: values,
    sinks: [],
    own: [],
    greatest: most,
    high: most,
    sum: 0,
    sums: null,
    disputed: null,
  };
}
