/** The second of two displays: the same explanation by another method, another one, or a pinned state. */
import { effect, type Signal, signal } from "@preact/signals-core";
import type { ViewContext } from "../../context";
import { reference } from "../../scores/disagreement";
import { createScores } from "../../scores/shown-scores";
import type { Session } from "../../session/session";
import { followLater } from "../../state/later";
import type { Pin, State } from "../../state/state";

/** A context that ends with `end` and shows another state. */
export function sideOf(
  ctx: ViewContext,
  state: State,
  session: Session,
  name: string,
  end: AbortSignal,
): ViewContext {
  const until = (body: () => void | (() => void)) => {
    const stop = effect(body);
    if (end.aborted) stop();
    else end.addEventListener("abort", stop);
  };
  const side = {
    ...ctx,
    state,
    session,
    signal: end,
    effect: until,
    later: (body: () => void | (() => void)) => followLater(body, end),
    // New work of one side does not replace that of the other.
    run: ((work, lane) => ctx.run(work, lane && `${name} ${lane}`)) as ViewContext["run"],
  };
  return { ...side, scores: createScores(side) };
}

/** The state of the same explanation by another method: what is held and hovered is shared. */
export function byMethod(state: State, method: Signal<string>): State {
  return {
    ...state,
    method,
    layer: signal(null),
    heads: signal([]),
    hoveredHead: signal(null),
    formerMethod: signal(null),
  };
}

/** The state of a pin: only the input under the pointer is shared. */
export function pinnedState(state: State, { method, held, foil, layer, heads }: Pin): State {
  return {
    ...byMethod(state, signal(method)),
    hoveredSteps: signal([]),
    held: signal(held),
    previewed: signal([]),
    foil: signal(foil),
    layer: signal(layer),
    heads: signal(heads),
  };
}

/** Keep the method of the second and the option of that name the same; "" is the method that it begins with. */
export function followOption({ state, effect }: ViewContext, method: Signal<string>): void {
  const start = method.peek();
  const { options } = state;
  effect(() => {
    method.value = options.value.second || start;
  });
  effect(() => {
    const now = method.value;
    const before = options.peek();
    if (now !== (before.second || start)) options.value = { ...before, second: now };
  });
}

/** The method to compare `method` with: leaving one out, else the first other one. */
export function otherMethod({ content }: State, method: string): string {
  const names = content.peek().methods.map(({ name }) => name);
  return (
    names.find((name) => name === reference && name !== method) ??
    names.find((name) => name !== method) ??
    method
  );
}
