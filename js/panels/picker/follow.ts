/** Fetch what each head gives to the words explained, once the pointer rests, and never for a word left behind. */
import type { Context } from "../../context";
import type { HeadShares } from "../../session/heads";
import { foilOf, pointedInput, targetSteps } from "../../state/selectors";

/** What the picker shows. */
export interface Fed {
  /** The steps; empty for all of the answer. */
  readonly steps: readonly number[];
  readonly given: HeadShares | null;
  /** Why there is nothing to show. */
  readonly trouble: string | null;
}

/** Milliseconds for which the pointer must rest on a word: what its heads give takes a backward pass. */
export const rest = 250;

/** Give `show` what each head gives to the words held or pointed at, from all inputs or from the one pointed at. */
export function followHeads({ state, session, later, after }: Context, show: (fed: Fed) => void): void {
  later(() => {
    const content = state.content.value;
    const steps = targetSteps(state);
    const input = pointedInput(state);
    const foil = foilOf(state, steps);
    const held = state.hoveredSteps.value.length === 0 && steps.length > 0;
    if (content.layers === 0 || content.steps.count === 0) return;
    // Heads are compared for single tokens.
    const able = foil?.ids.length === 1 && Object.keys(content.contrast).length > 0;
    const id = able ? foil.ids : null;
    const wanted = steps.length > 0 ? steps : Array.from({ length: content.steps.count }, (_, step) => step);
    const end = new AbortController();
    const tell = (given: HeadShares | null, trouble: string | null = null) => {
      if (!end.signal.aborted) show({ steps, given, trouble });
    };
    const failed = (error: unknown) => {
      const givenUp = (error as Error | null)?.name === "AbortError"; // nobody answers, which a note says
      tell(null, givenUp ? null : error instanceof Error ? error.message : String(error));
    };
    const ask = async () => {
      // What one input gives is part of what all give, so it is asked for once that is known.
      const all =
        session.knownHeads(wanted, null, id) ??
        (await session.heads(wanted, null, id, { signal: end.signal }));
      if (input === null || end.signal.aborted) return tell(all);
      tell(await session.heads(wanted, input, id, { signal: end.signal }));
    };
    const known = session.knownHeads(wanted, input, id);
    let stop = () => {};
    if (known) tell(known);
    else {
      const all = session.knownHeads(wanted, null, id);
      if (all === null || input === null) tell(null);
      stop = after(held || all ? 0 : rest, () => ask().catch(failed));
    }
    return () => {
      stop();
      end.abort();
    };
  });
}
