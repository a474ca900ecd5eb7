/** What stands out, in a sentence over the text: what a word rests on, how much, whether leaving it out confirms it, and who parts. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, type RichText, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import { unitScores } from "../../scores/combine";
import type { ShownScores } from "../../scores/shown-scores";
import { compared, sinksOf } from "../../scores/sink";
import { byWord, piecesOf, strongest } from "../../scores/strongest";
import type { Check } from "../../session/checks";
import type { Content } from "../../session/content";
import type { MethodInfo } from "../../session/scores";
import { named, quoted } from "../../state/names";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { wordStarts } from "../../state/word";
import { questionOf } from "../why/check-line";
import { hardly, most, standingOut } from "./standing-out";
import styles from "./summary.css";

type Piece = RichText[number];

/** How many methods are compared: those on the toolbar. */
const onBar = 4;

export const summary = { styles, mount };

/** `checked` counts the checks that were made. */
function mount(host: HTMLElement, ctx: Context, checked: ReadonlySignal<number>): void {
  const { state, scores, session, later } = ctx;
  const line = h("p", { class: "aw-summary", role: "note", "aria-label": "What stands out" });
  host.after(line);
  later(() => {
    void checked.value;
    void scores.shown.value;
    const content = state.content.value;
    const held = scores.held.value;
    const steps = restingSteps(state);
    // Of a foil, an attention and the answer as a whole the list tells more than a sentence.
    const apart = content.grouped === undefined || content.grouped === "word";
    line.hidden = steps.length === 0 || state.foil.value !== null || !apart;
    if (line.hidden) return;
    if (!held || held.steps.join() !== steps.join()) return void line.classList.add("waiting");
    const question = questionOf(held, content, steps);
    const check = question && session.checked(question.steps, question.inputs);
    line.classList.remove("waiting");
    writeText(line, summaryText(held, content, check, othersFirst(ctx, held)));
  });
}

/** Each other method whose scores of these steps are at hand, but attention, with the unit that it puts first. */
function othersFirst(
  { state, session }: Context,
  { steps, method, own }: ShownScores,
): [MethodInfo, number][] {
  const content = state.content.peek();
  const units = unitsOf(content);
  const found: [MethodInfo, number][] = [];
  const all = { hidden: new Uint8Array(units.count), renormalize: false, spanRule: "mean" } as const;
  for (const other of content.methods.slice(0, onBar)) {
    if (other.name === method.name || other.attention || !other.question) continue;
    const query = { method: other.name, layer: null, heads: [], head_rule: "mean" } as const;
    const rows = steps.map((step) => session.known(query, step));
    if (rows.length === 0 || rows.includes(null)) continue;
    const row = unitScores(rows as Float32Array[], content.tokens.start, units.inputEnds, all).all;
    const first = ordered(forIt(row, own, content), other.signed, content).find(isWord);
    if (first) found.push([other, first.word]);
  }
  return found;
}

/** What each unit gave: of signed scores what is for it; NaN for sinks, control tokens and `own`. */
function forIt(values: Float32Array, own: readonly number[], content: Content): Float32Array {
  const units = unitsOf(content);
  const others = compared({ values, sinks: [], own });
  const out = compared({ values: others, sinks: sinksOf(others, content), own }).slice();
  for (let u = 0; u < out.length; u++)
    if (units.special(u) || ofTemplate(content, units.start(u))) out[u] = Number.NaN;
  return out;
}

/** True for a token that a chat template wrote around messages. */
const ofTemplate = ({ sections }: Content, token: number): boolean =>
  sections.some(
    ({ start, end, body }) => body && start <= token && token < end && (token < body[0] || token >= body[1]),
  );

interface Gave {
  word: number;
  text: string;
  size: number;
}

/** The first units of words and of other marks, from the one that gave most; those that gave nothing or took are left out. */
function ordered(pieces: Float32Array, signed: boolean, content: Content): Gave[] {
  const sums = byWord(pieces, content);
  const size = signed ? (v: number) => v : Math.abs;
  const units = unitsOf(content);
  return strongest(sums, sums.length, size).map((word) => ({
    word,
    text: units.joined(piecesOf(word, pieces, content)),
    size: size(sums[word] as number),
  }));
}

const marks: Readonly<Record<string, string>> = { " ": "a space", "\n": "a line break" };

/** True for a word, which has a letter or a digit. */
const isWord = ({ text }: Pick<Gave, "text">): boolean => /[\p{L}\p{N}]/u.test(text);

/** How many words have a score, 0 included. */
const wordsOf = (pieces: Float32Array, content: Content): number =>
  byWord(pieces, content).filter(
    (v, u) => !Number.isNaN(v) && isWord({ text: unitsOf(content).joined(piecesOf(u, pieces, content)) }),
  ).length;

/** The sentences, from the scores and what else is at hand: a check, and other methods with the unit that each puts first. */
export function summaryText(
  { steps, method, own, sumsOfUnits }: ShownScores,
  content: Content,
  check: Check | null,
  others: readonly (readonly [MethodInfo, number])[],
): RichText {
  const units = unitsOf(content);
  const pieces = forIt(sumsOfUnits, own, content);
  const all = ordered(pieces, method.signed, content);
  const order = all.filter(isWord);
  const sizes = order.map(({ size }) => size);
  const nameOf = (u: number) => named(units.joined(piecesOf(u, pieces, content)));
  const target = quoted(units.joined(units.ofSteps(steps)));
  const held = (n: number) => percent(sum(sizes.slice(0, n)) / sum(sizes));
  const count = check && hardly(check) ? 0 : standingOut(sizes, wordsOf(pieces, content));
  const by = ` (${method.title}).`;
  if (count === 0) {
    if (check && hardly(check))
      return [`Nothing stands out: without the first words of the list ${stays(target, check)}${by}`];
    const few = ["no word", "one word alone", "two words alone", "three words alone"][order.length];
    return [
      few
        ? `Nothing stands out: ${few} gave anything to ${target}${by}`
        : `Nothing stands out: ${target} rests a little on many words, and the first ${most} of ${order.length} words hold ${held(most)}${by}`,
      ...(check && doesHold(check) ? verdict(check, content, "counts all the same") : []),
    ];
  }
  const names = order.slice(0, count).map(({ text }) => named(text));
  const mark = all[0] as Gave;
  const out: Piece[] = [
    `${target} rests mostly on `,
    ...listed(names),
    `: ${held(count)} of what all words gave (${method.title})`,
    isWord(mark) ? "." : `; ${marks[mark.text] ?? quoted(mark.text)} gave more than any word.`,
  ];
  if (check) out.push(...verdict(check, content));
  const firsts = new Map<string, string[]>();
  for (const [{ title }, u] of others) firsts.set(nameOf(u), [...(firsts.get(nameOf(u)) ?? []), title]);
  const said = [...firsts].map(
    ([first, titles]) =>
      `${and(titles)} put${titles.length === 1 ? "s" : ""} ${first === names[0] ? "the same" : `“${first}”`} first`,
  );
  const part = [...firsts.keys()].some((first) => !names.includes(first));
  if (said.length > 0) out.push(` ${part ? "Methods part: " : ""}${said.join("; ")}.`);
  return out;
}

/** "p of “Rome” stays at .120", or "only falls from .120 to .117". */
function stays(target: string, { probability, without }: Check): string {
  const [before, after] = [chance(probability), chance(without)];
  return before === after
    ? `p of ${target} stays at ${before}`
    : `p of ${target} ${without > probability ? "rises" : "only falls"} from ${before} to ${after}`;
}

const doesHold = ({ without, others }: Check): boolean => without < (others[0] ?? Number.NaN);

/** Whether leaving out the words of the check confirms it. */
function verdict(check: Check, content: Content, confirms = "confirms it ✓"): Piece[] {
  const { inputs, probability, without, others } = check;
  const [units, starts] = [unitsOf(content), wordStarts(content)];
  const count = new Set(inputs.map((i) => starts[units.of(i)])).size;
  const holds = doesHold(check);
  const [low, fell] = [others[0] ?? Number.NaN, `p falls from ${chance(probability)} to ${chance(without)}`];
  const fall = holds ? `${fell}, further than` : `${fell}, and to ${chance(low)}`;
  return [
    ` Leaving out the first ${count > 1 ? `${count} words` : "word"} of the list `,
    { strong: holds ? confirms : "does not confirm it ✗" },
    `: ${fall} without as many other words.`,
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
/** All of it is what all of them hold. */
const percent = (share: number): string => `${share < 0.995 ? Math.round(100 * share) : "over 99"} %`;

/** "A, B and C". */
const and = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), names.at(-1) ?? ""].filter(Boolean).join(" and ");

/** The same with strong names, those of two places once: "France (twice)". */
const listed = (names: readonly string[]): Piece[] =>
  [...new Set(names)].flatMap((name, k, once) => [
    ...(k === 0 ? [] : [k === once.length - 1 ? " and " : ", "]),
    { strong: `“${name}”` },
    ["", "", " (twice)", " (three times)"][names.filter((other) => other === name).length] ?? "",
  ]);
