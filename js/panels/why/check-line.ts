/** The Check line: what becomes of the word explained without the words at the top of the list, and without others. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import type { RichText } from "../../dom";
import { h, plainText, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { byWord, piecesOf, strongest } from "../../scores/strongest";
import { told } from "../../scores/told";
import type { Check } from "../../session/checks";
import type { Content } from "../../session/content";
import { named } from "../../state/names";
import { inARow, restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { wordStarts } from "../../state/word";

/** Words that are masked together. */
const masked = 3;
/** A check that takes longer than this, in seconds, waits for a click. */
const atOnce = 1;
/** Milliseconds for which a word must be explained before it is checked unasked. */
const rest = 600;

/** What is checked: a step, or those of a word, and the positions of the inputs that go. */
interface Question {
  readonly steps: readonly number[];
  readonly inputs: readonly number[];
}

/** Returns how many checks were made. */
export function mountCheck(
  host: HTMLElement,
  ctx: Context,
  shown: ReadonlySignal<ShownScores | null>,
): ReadonlySignal<number> {
  const { state, session, later, after, run, announce } = ctx;
  const meaning =
    "It holds where the probability falls further without these words than in every draw of others. It says what the model needs, not whether the answer is true.";
  const text = h("p", { role: "status", title: meaning });
  const button = h("button", { type: "button" });
  host.hidden = true;
  const known = signal(0);
  const working = signal<string | null>(null);
  // What was asked without a click: a check that fails is not tried again by itself.
  const asked = new Set<string>();
  host.append(text, button);
  let question: Question | null = null;

  async function ask({ steps, inputs }: Question, aloud: boolean): Promise<void> {
    const key = keyOf({ steps, inputs });
    working.value = key;
    const found = await run((options) => session.check(steps, inputs, options), "check");
    if (working.peek() === key) working.value = null;
    known.value = known.peek() + 1;
    if (found && aloud) announce(plainText(checkText(found, steps, state.content.peek())));
  }

  button.addEventListener(
    "click",
    () => {
      if (question) void ask(question, true);
    },
    { signal: ctx.signal },
  );
  later(() => {
    void known.value;
    const content = state.content.value;
    const scores = shown.value;
    const resting = restingSteps(state);
    question = scores && questionOf(scores, content, resting);
    const found = question && session.checked(question.steps, question.inputs);
    const seconds = content.check_seconds ?? null;
    const able = question !== null && seconds !== null;
    // The room is kept while another word is pointed at and while a check is under way: what is below stays in its place.
    host.hidden = !checkable(resting, content) || (seconds === null && !found && host.hidden);
    button.hidden = found !== null || !able;
    text.hidden = !found;
    if (found && question) writeText(text, checkText(found, question.steps, content));
    if (!question || !able || found || seconds === null) return;
    const busy = working.value === keyOf(question);
    button.disabled = busy;
    button.textContent = busy
      ? "Checking …"
      : `Does the model really need these words?${seconds > atOnce ? ` (${duration(seconds)})` : ""}`;
    button.title = `Hide the first ${masked} words from the model, then as many others at random, 20 times, and compare.`;
    const next = question;
    if (seconds > atOnce || busy || asked.has(keyOf(next))) return;
    return after(rest, () => {
      asked.add(keyOf(next));
      return ask(next, false);
    });
  });
  return known;
}

const keyOf = ({ steps, inputs }: Question): string => `${steps} ${inputs}`;
const duration = (seconds: number): string =>
  seconds < 90 ? `about ${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;

/** True for one step, and for neighbouring ones of a text: they have a joint probability. */
const checkable = (steps: readonly number[], content: Content): boolean =>
  steps.length === 1 || (inARow(steps) && !unitsOf(content).labels);

/**
 * The tokens of the words at the top, of those before the steps that may be taken away: neither special tokens nor the
 * first; as many others must be left. Signed scores count from the largest positive one. Null unless the steps explained
 * rest there.
 */
export function questionOf(
  { steps, values, method }: ShownScores,
  content: Content,
  resting: readonly number[],
): Question | null {
  if (steps.join() !== resting.join() || !checkable(steps, content)) return null;
  const units = unitsOf(content);
  const end = units.labels ? content.inputs : content.steps.first + (steps[0] as number);
  const movable = values.slice();
  const length = (u: number) => (units.inputEnds[u] as number) - units.start(u);
  const tokensOf = (u: number) => Array.from({ length: length(u) }, (_, k) => units.start(u) + k);
  let count = 0;
  for (let u = 0; u < movable.length; u++) {
    if (units.special(u) || units.start(u) === 0 || units.start(u) >= end) movable[u] = Number.NaN;
    else if (!Number.isNaN(movable[u])) count += length(u);
  }
  const inputs: number[] = [];
  for (const u of strongest(byWord(movable, content), masked, method.signed ? (v) => v : Math.abs)) {
    const more = piecesOf(u, movable, content).flatMap(tokensOf);
    if (2 * (inputs.length + more.length) <= count) inputs.push(...more);
  }
  return inputs.length > 0 ? { steps, inputs } : null;
}

/** "Check: without France, capital, p of Paris .966 → .021; without as many others (20 draws) .880–.970 · the list holds". */
export function checkText(
  { inputs, probability, without, others, lowest = [] }: Check,
  steps: readonly number[],
  content: Content,
): RichText {
  const units = unitsOf(content);
  const [low, high] = [others[0] ?? Number.NaN, others.at(-1) ?? Number.NaN];
  // Of a probability that prints as <.001, only what is left of it tells.
  const tiny = probability > 0 && chance(probability) === chance(0);
  const said = tiny ? (p: number) => leftOf(p / probability) : chance;
  const band = said(low) === said(high) ? said(low) : `${said(low)}–${said(high)}`;
  const text: RichText = [
    "Check: without ",
    { strong: wordsText(inputs, content) },
    ", p of ",
    { strong: named(units.joined(units.ofSteps(steps))) },
    ` ${chance(probability)} → ${said(without)}${tiny ? " of it" : ""}; without as many others (${others.length} ${others.length === 1 ? "draw" : "draws"}) ${band} · `,
    { strong: `the explanation ${without < low ? "holds ✓" : "does not hold ✗"}` },
  ];
  if (without < low) return text;
  return [...text, ": without ", { strong: wordsText(lowest, content) }, ` it falls to ${said(low)}`];
}

/** "40 %": without what speaks against it, many times as much may be left. */
const leftOf = (share: number): string => (share < 10 ? `${Math.round(100 * share)} %` : "over 1,000 %");

/** The words that hold these positions; of two with the same text, where each stands. */
function wordsText(positions: readonly number[], content: Content): string {
  const [units, starts] = [unitsOf(content), wordStarts(content)];
  const words = new Map<number, string>();
  for (const u of new Set(positions.map((i) => units.of(i)))) {
    const first = starts[u] as number;
    words.set(first, (words.get(first) ?? "") + units.text(u));
  }
  const names = [...words.values()].map(named);
  const each = [...words.keys()].map((first, k) => {
    const name = names[k] as string;
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${told(content, first)})`;
  });
  return each.join(", ");
}
