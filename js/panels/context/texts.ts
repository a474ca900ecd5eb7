/** What the panel of a context says. */
import type { RichText } from "../../dom";
import { chance, numeral } from "../../draw/numerals";
import type { Changed, FoundContext } from "../../session/contexts";

/** Words of the context that a sentence names. */
const most = 4;

/** "The system message changed 2 of 12 words most; p without it → with it:". */
export function foundText({ count, largest, changed }: FoundContext, title: string): string {
  if (changed.length === 0 && largest >= 0.1)
    return `The ${title} changed no token much more than the others: the predictions differ by at most ${numeral(largest)} nats.`;
  if (changed.length === 0)
    return `The ${title} hardly changed the answer: the predictions differ by at most ${numeral(largest)} nats.`;
  return `The ${title} changed ${changed.length} of ${count} tokens most. p without it → with it:`;
}

/** "Without the context “Your” would come first." */
export function changedText({ instead }: Changed, name: string): string {
  const first = instead === null ? `${name} would still come first` : `“${instead}” would come first`;
  return `Without the context ${first}. Click: hold it, and mark the words of the context that did it.`;
}

/** The words of the context that a changed word rests on. */
export function cuesText(
  { p, without, instead, cues }: Changed,
  nameAt: (start: number) => string,
): RichText {
  const words = cues
    .slice(0, most)
    .flatMap(([start, , share], k) => [
      k === 0 ? "" : ", ",
      { strong: nameAt(start) },
      ` ${Math.round(100 * share)} %`,
    ]);
  const other = instead === null ? "" : ` “${instead}” would come first without it.`;
  return [`p ${chance(without)} → ${chance(p)}.${other} In the context it rests most on `, ...words, "."];
}
