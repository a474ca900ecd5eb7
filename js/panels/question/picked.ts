/** What is picked in the widget now, as an answer. */
import { headName } from "../../state/heads";
import { named } from "../../state/names";
import { methodOf } from "../../state/selectors";
import type { State } from "../../state/state";
import { unitsOf } from "../../state/units";
import type { Kind } from "./asked";

export interface Picked {
  readonly name: string;
  /** Texts that stand for it; none where nothing is picked, or several things are. */
  readonly given: readonly string[];
}

const nothing: Picked = { name: "", given: [] };

export function picked(state: State, kind: Kind): Picked {
  const content = state.content.value;
  const units = unitsOf(content);
  if (kind === "method") {
    const method = methodOf(state);
    return method ? { name: method.title, given: [method.name] } : nothing;
  }
  if (kind === "head") {
    const [head, ...more] = state.heads.value;
    return head && more.length === 0 ? { name: headName(head), given: [head.join()] } : nothing;
  }
  if (kind === "edit") {
    const special = new Set(content.tokens.special);
    const { step_noun, probability, first } = content.steps;
    const likeliest = probability.reduce<number>(
      (best, p, k) => ((p ?? 0) > (probability[best] ?? 0) ? k : best),
      0,
    );
    const said =
      step_noun?.[0] === "class" ? [units.of(first + likeliest)] : range(units.firstWritten, units.count);
    return { name: named(units.joined(said.filter((u) => !special.has(units.start(u))))), given: ["edited"] };
  }
  const held = units.ofSteps(state.held.value);
  const chosen = state.selected.value.map((input) => units.of(input));
  const [u, ...more] = kind === "input" && chosen.length > 0 ? chosen : held;
  if (u === undefined || more.length > 0) return nothing;
  if (kind === "step") return { name: named(units.text(u)), given: units.steps(u).map(String) };
  const tokens = range(units.start(u), units.inputEnds[u] ?? 0);
  return tokens.length > 0 ? { name: named(units.text(u)), given: tokens.map(String) } : nothing;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
