/** The Check line: what becomes of the word explained without the inputs at the top of the list, and without others. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import type { RichText } from "../../dom";
import { h, plainText, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { strongest, told } from "../../scores/strongest";
import type { Check, Content } from "../../session/session";
import { restingSteps } from "../../state/selectors";
import { named, unitsOf } from "../../state/units";

/** Inputs that are masked together. */
const masked = 3;
/** A check that takes longer than this, in seconds, waits for a click. */
const atOnce = 1;
/** Milliseconds for which a word must be explained before it is checked unasked. */
const rest = 600;

/** What is checked: a step and the positions of the inputs that go. */
interface Question {
  readonly step: number;
  readonly inputs: readonly number[];
}

export function mountCheck(host: HTMLElement, ctx: Context, shown: ReadonlySignal<ShownScores | null>): void {
  const { state, session, effect, run, announce } = ctx;
  const text = h("p", { role: "status" });
  const button = h("button", { type: "button" });
  host.hidden = true;
  const known = signal(0);
  const working = signal<string | null>(null);
  // What was asked without a click: a check that fails is not tried again by itself.
  const asked = new Set<string>();
  host.append(text, button);
  let question: Question | null = null;

  async function ask({ step, inputs }: Question, aloud: boolean): Promise<void> {
    const key = keyOf({ step, inputs });
    working.value = key;
    const found = await run((options) => session.check(step, inputs, options), "check");
    if (working.peek() === key) working.value = null;
    known.value = known.peek() + 1;
    if (found && aloud) announce(plainText(checkText(found, state.content.peek())));
  }

  button.addEventListener(
    "click",
    () => {
      if (question) void ask(question, true);
    },
    { signal: ctx.signal },
  );
  effect(() => {
    void known.value;
    const content = state.content.value;
    const scores = shown.value;
    const resting = restingSteps(state);
    question = scores && questionOf(scores, content, resting);
    const found = question && session.checked(question.step, question.inputs);
    const seconds = content.check_seconds ?? null;
    const able = question !== null && seconds !== null;
    // The room is kept while another word is pointed at and while a check is under way: what is below stays in its place.
    host.hidden = resting.length !== 1 || (seconds === null && !found && host.hidden);
    button.hidden = found !== null || !able;
    text.hidden = !found;
    if (found) writeText(text, checkText(found, content));
    if (!question || !able || found || seconds === null) return;
    const busy = working.value === keyOf(question);
    button.disabled = busy;
    button.textContent = busy
      ? "Checking …"
      : `Is it true? Check${seconds > atOnce ? ` (${duration(seconds)})` : ""}`;
    button.title = `Hide the first ${masked} inputs from the model, then ${masked} others at random, 20 times, and compare.`;
    const next = question;
    if (seconds > atOnce || busy || asked.has(keyOf(next))) return;
    const timer = setTimeout(() => {
      asked.add(keyOf(next));
      void ask(next, false);
    }, rest);
    return () => clearTimeout(timer);
  });
}

const keyOf = ({ step, inputs }: Question): string => `${step} ${inputs}`;
const duration = (seconds: number): string =>
  seconds < 90 ? `about ${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;

/**
 * The tokens of the units at the top, of those that may be taken away: neither special tokens nor the first. Signed
 * scores count from the largest positive one. Null unless one step is explained that rests there.
 */
export function questionOf(
  { steps, values, method }: ShownScores,
  content: Content,
  resting: readonly number[],
): Question | null {
  const [step, more] = steps;
  if (step === undefined || more !== undefined || resting[0] !== step || resting.length > 1) return null;
  const units = unitsOf(content);
  const movable = values.map((v, u) => (units.special(u) || units.start(u) === 0 ? Number.NaN : v));
  const count = movable.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : 1), 0);
  // As many others must be left.
  const top = strongest(
    movable,
    Math.min(masked, Math.floor(count / 2)),
    method.signed ? (v) => v : Math.abs,
  );
  const inputs = top.flatMap((u) =>
    Array.from({ length: (units.inputEnds[u] as number) - units.start(u) }, (_, k) => units.start(u) + k),
  );
  return inputs.length > 0 ? { step, inputs } : null;
}

/** "Check: without France, capital, is p .966 → .021; without 3 others (20 draws) .88–.97 · holds". */
export function checkText({ inputs, probability, without, others }: Check, content: Content): RichText {
  const units = unitsOf(content);
  const gone = [...new Set(inputs.map((i) => units.of(i)))].map((u, _, all) => {
    const name = named(units.text(u));
    const alike = all.some((other) => other !== u && named(units.text(other)) === name);
    return alike ? `${name} (${told(content, u)})` : name;
  });
  const [low, high] = [others[0] ?? Number.NaN, others.at(-1) ?? Number.NaN];
  const band = chance(low) === chance(high) ? chance(low) : `${chance(low)}–${chance(high)}`;
  return [
    "Check: without ",
    { strong: gone.join(", ") },
    ` p ${chance(probability)} → ${chance(without)}; without as many others (${others.length} ${others.length === 1 ? "draw" : "draws"}) ${band} · `,
    { strong: without < low ? "holds ✓" : "does not hold ✗" },
  ];
}
