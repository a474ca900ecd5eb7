/** The parts of the panel that changes a word: its chips, the rows of probabilities, and a sentence. */
import type { Context } from "../../context";
import { h } from "../../dom";
import { chance } from "../../draw/numerals";
import { compared } from "../../scores/sink";
import { strongest } from "../../scores/strongest";
import type { Tried } from "../../session/changes";
import type { Content } from "../../session/content";
import { named, quoted } from "../../state/names";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { type Word, wordsOf } from "../../state/word";

/** A button that puts `word` in place. */
export const chip = (label: string, word: string, put: (word: string) => void, title = ""): HTMLElement =>
  h(
    "button",
    {
      type: "button",
      class: word === "" || label !== word ? "chip act" : "chip",
      "data-word": word,
      "aria-pressed": "false",
      title,
      onclick: () => put(word),
    },
    label,
  );

/** A button for what cannot be done; it says why. */
export const refused = (label: string, why: string, say: () => void): HTMLElement =>
  h(
    "button",
    { type: "button", class: "chip act", "aria-disabled": "true", title: why, onclick: say },
    label,
  );

/** What a mask does. */
export const maskText = (mask: string, words: number): string =>
  `${mask} in ${words > 1 ? "the place of each of them" : "its place"}: the model fills ${words > 1 ? "them" : "it"} in too, and what follows stays where it is.`;

/** Why there is no mask. */
export const noMask = ({ check_seconds, steps }: Content): string =>
  `This model fills in no masks, so there is none to put here: put another word in its place, or delete it.${
    check_seconds == null || steps.count === 0
      ? ""
      : " To hide words where they stand, use the check under the list."
  }`;

/** Each word with its probability before and after, as bars and numbers. */
export function rowsOf({ words }: Tried): HTMLElement[] {
  return words.map(([text, before, after], k) => {
    const bar = (p: number, when: string) => {
      const element = h("i", { class: when });
      element.style.width = `${Math.max(1, 100 * p)}%`;
      return element;
    };
    return h(
      "li",
      { class: k === 0 ? "said" : "" },
      h("span", { class: "word", dir: "auto" }, named(text)),
      h("span", { class: "bars", "aria-hidden": "true" }, bar(before, "before"), bar(after, "after")),
      h("span", { class: "num" }, `${chance(before)} → ${chance(after)}`),
    );
  });
}

/** Why no probabilities are shown. */
export function nothingHeld({ steps: { step_noun } }: Content): string {
  const what = step_noun ? `one of the ${step_noun[1]}` : "a word of the answer";
  return `Hold ${what} first to see what becomes of it.`;
}

/** "Saliency had put this word first of 40. The model needed it: the word explained is 67 times less likely now." */
export function verdict({ nats, answer }: Tried, { state, scores }: Context, [first, last]: Word): string {
  const times = Math.exp(Math.abs(nats));
  const factor = times < 9.95 ? times.toFixed(1) : times < 999.5 ? times.toFixed() : "over 1,000";
  const said = `the word explained is ${factor} times ${nats < 0 ? "less likely" : "likelier"} now.`;
  const units = unitsOf(state.content.peek());
  const count = wordsOf(state.content.peek(), [first, last]).length;
  const [it, matters, they] = count > 1 ? ["them", "They matter", "They"] : ["it", "It matters", "It"];
  const change = nats < -0.7 ? `The model needed ${it}: ${said}` : `${matters} little here.`;
  const moved = nats > 0.7 ? `${they} spoke against it: ${said}` : change;
  const [target = 0] = units.ofSteps(restingSteps(state));
  const old = named(units.joined(range(first, last + 1)));
  const again =
    nats >= -0.7 && nats <= 0.7 && range(last + 1, target).some((u) => named(units.text(u)) === old);
  const kept = state.content.peek().steps.step_noun ? "" : " The answer up to there was kept as it is";
  const repeated =
    kept && again
      ? `${kept}, and says ${quoted(units.joined(range(first, last + 1)))} too.`
      : kept && `${kept}.`;
  const anew = answer === null ? repeated : ` The answer is “${answer}”.`;
  const shown = scores.held.peek();
  if (!shown || shown.steps.length === 0) return moved + anew;
  const order = strongest(compared(shown), shown.values.length);
  const rank = order.findIndex((u) => u >= first && u <= last);
  if (rank < 0) return moved + anew;
  const which = count > 1 ? `one of these ${count} words` : "this word";
  return `${shown.method.title} had put ${which} ${ordinal(rank + 1)} of ${order.length}. ${moved}${anew}`;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);

function ordinal(n: number): string {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return n === 1 ? "first" : `${n}${ending}`;
}
