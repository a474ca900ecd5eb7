/** Sentences as rows and columns, those of the answer too: which of its thoughts and words drew from which. */
import type { ScoreOptions } from "../../scores/combine";
import { scoreOptions } from "../../scores/options";
import type { Shape } from "../../scores/shape";
import type { Content } from "../../session/content";
import type { MethodInfo } from "../../session/scores";
import type { State } from "../../state/state";
import { unitsOf } from "../../state/units";

/** The content with its sentences as units; the same if its answer has not several. */
function bySentence(content: Content): Content {
  const { groups, answer_sentences: own, steps, tokens } = content;
  if (!own || !groups) return content;
  const start = [...groups.sentence.filter((at) => at < steps.first), ...own];
  const begins = new Set(start);
  const text: string[] = [];
  tokens.start.forEach((at, u) => {
    if (begins.has(at)) text.push("");
    text[text.length - 1] += tokens.text[u] ?? "";
  });
  return { ...content, tokens: { ...tokens, start, text } };
}

/** The content that makes the rows and columns of what is shown. */
export const matrixContent = ({ content, options }: State): Content =>
  options.value.units === "sentence" ? bySentence(content.value) : content.value;

/** How the scores are read, with a mark for each row of `shape` that is hidden: all of its units are. */
export function matrixOptions(
  state: State,
  method: Pick<MethodInfo, "signed">,
  { starts, ends }: Shape,
): ScoreOptions {
  const options = scoreOptions(state, method);
  const units = unitsOf(state.content.value);
  const hidden = Uint8Array.from(starts, (start, r) => {
    const own = options.hidden.subarray(units.of(start), units.of((ends[r] as number) - 1) + 1);
    return own.includes(0) ? 0 : 1;
  });
  return { ...options, hidden };
}
