/** What follows from the state: the method shown, the scores to ask for, the steps explained. */
import type { Content } from "../session/content";
import type { Foil } from "../session/foil";
import type { MethodInfo, ScoreQuery } from "../session/scores";
import { isLong } from "./groups";
import type { State } from "./state";

/** The method of that name, else the first. */
export function methodOf(state: State, name: string = state.method.value): MethodInfo | undefined {
  const { methods } = state.content.value;
  return methods.find((m) => m.name === name) ?? methods[0];
}

/** The attention method chosen, else the first one. */
export function attentionMethod(state: State): MethodInfo | undefined {
  const chosen = methodOf(state);
  return chosen?.attention ? chosen : state.content.value.methods.find((m) => m.attention);
}

/** The method whose scores are shown: attention while the pointer is over a head, else the chosen one. */
export function shownMethod(state: State): MethodInfo | undefined {
  return (state.hoveredHead.value && attentionMethod(state)) || methodOf(state);
}

/** The footer text of a method for scores against these tokens; undefined if it takes none, or no several. */
export function contrastOf(
  { contrast, contrast_whole }: Content,
  method: string,
  ids: readonly number[],
): string | undefined {
  return ids.length > 1 ? contrast_whole?.[method] : contrast[method];
}

/** True if `foil` can stand for `steps`: one token for one step, several for the word that begins there. */
export const fits = (foil: Foil, steps: readonly number[]): boolean =>
  steps[0] === foil.step && (steps.length === 1 || (foil.ids.length > 1 && inARow(steps)));

/** True if `steps` follow one another. */
export const inARow = (steps: readonly number[]): boolean =>
  steps.length > 0 && (steps.at(-1) as number) - (steps[0] as number) === steps.length - 1;

/** The foil of `steps`. */
export function foilOf(state: State, steps: readonly number[]): Foil | null {
  const foil = state.foil.value;
  return foil && fits(foil, steps) ? foil : null;
}

/** True if a method's scores are much alike for all classes, because they have no sign. */
export const blindToClasses = ({ signed }: MethodInfo, { steps }: Content): boolean =>
  steps.step_noun?.[0] === "class" && steps.count > 1 && !signed;

/** True if what `method` gives to words of the answer can be passed on: shares, of words that later ones read. */
export const passesOn = ({ signed }: MethodInfo, { inputs, steps }: Content): boolean =>
  !signed && inputs > steps.first;

/** The scores to ask for. A head under the pointer goes before those chosen. */
export function scoreQuery(state: State, foil: Foil | null = null): ScoreQuery {
  const method = shownMethod(state);
  const first: ScoreQuery = { method: method?.name ?? "", layer: null, heads: [], head_rule: "mean" };
  if (foil && !method?.attention && contrastOf(state.content.value, first.method, foil.ids))
    return { ...first, foil: foil.ids };
  const through = state.options.value.through && method && passesOn(method, state.content.value);
  const query: ScoreQuery = through ? { ...first, through } : first;
  if (!method?.attention) return query;
  const hovered = state.hoveredHead.value;
  if (hovered) return { ...query, heads: [hovered] };
  const heads = state.heads.value;
  const { head_rule } = state.options.value;
  return { ...query, layer: heads.length > 0 ? null : state.layer.value, heads, head_rule };
}

/** The steps to explain while the pointer is elsewhere: those held, else those previewed last. */
export function restingSteps(state: State): readonly number[] {
  return state.held.value.length > 0 ? state.held.value : state.previewed.value;
}

/** The input under the pointer, else the only one that is selected. */
export function pointedInput({ hoveredInput, selected }: State): number | null {
  const [only, ...more] = selected.value;
  return hoveredInput.value ?? (more.length === 0 ? (only ?? null) : null);
}

/** The steps to explain: those under the pointer, else those at rest. None: the whole answer. */
export function targetSteps(state: State): readonly number[] {
  return state.hoveredSteps.value.length > 0 ? state.hoveredSteps.value : restingSteps(state);
}

/** Whether there is what a long text brings: it is long, or something is searched for in it. */
export const usesLongText = ({ sent, options }: Pick<State, "sent" | "options">): boolean =>
  isLong(sent.value) || options.value.search !== "";
