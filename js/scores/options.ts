/** How the person wants scores to be read, taken from the state. */
import type { MethodInfo } from "../session/scores";
import type { State } from "../state/state";
import { unitsOf } from "../state/units";
import type { ScoreOptions } from "./combine";

/** The options as they are now. Signed scores are not renormalised: their sum is not a share of anything. */
export function scoreOptions(state: State, method: Pick<MethodInfo, "signed">): ScoreOptions {
  const options = state.options.value;
  return {
    hidden: unitsOf(state.content.value).hidden(options),
    renormalize: options.renormalize && !method.signed,
    spanRule: options.span_rule,
    unitRule: state.content.value.grouped ? options.unit_rule : "sum",
  };
}
