/** Mark what a context changed, and the words of it that did it; the panel that finds them styles them. */
import type { Context } from "../../context";
import { marksOf } from "../../state/marks";
import { unitsOf } from "../../state/units";
import type { TextElements } from "./build";

export function markContext({ units: elements }: TextElements, { state }: Pick<Context, "state">): void {
  const { changed, cues } = marksOf(state).value;
  const units = unitsOf(state.content.value);
  const changedUnits = new Set(units.ofSteps(changed));
  const cueUnits = new Set(
    cues.flatMap(([start, end]) => Array.from({ length: end - start }, (_, k) => units.of(start + k))),
  );
  elements.forEach((element, u) => {
    element.classList.toggle("by-context", changedUnits.has(u));
    element.classList.toggle("cue", cueUnits.has(u));
  });
}
