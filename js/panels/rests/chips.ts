/** What the sentences of an answer rest on, as chips: the documents without which each is less likely. */
import { h, setAttributes } from "../../dom";
import { tint } from "../../draw/ramp";
import type { Content } from "../../session/content";
import type { RestsInfo } from "../../session/rests";
import type { Display } from "../../state/display";
import type { State } from "../../state/state";
import { unitsOf } from "../../state/units";

/** Nats by which a sentence must fall for a document to hold anything of it: a tenth of its probability. */
const least = 0.1;
/** A smaller share has no chip, and so many chips a sentence has at most. */
const [smallest, most] = [0.05, 3];

export interface Chip {
  readonly unit: number;
  readonly share: number;
  /** The fall of the sentence's log-probability without it, in nats. */
  readonly fall: number;
}

/** The chips of a sentence by its falls without each unit, the largest first; none where nothing is missed. */
export function chipsOf(falls: ArrayLike<number>): Chip[] {
  const positive = Array.from(falls, (fall) => Math.max(fall || 0, 0));
  const total = positive.reduce((sum, fall) => sum + fall, 0);
  if (Math.max(0, ...positive) < least) return [];
  return positive
    .map((fall, unit) => ({ unit, share: fall / total, fall }))
    .filter(({ share, fall }) => share >= smallest && fall >= least)
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** What stands on a chip: "[2] 83 %". */
export const labelOf = (title: string, share: number): string =>
  `${/^\[\d+\]/.exec(title)?.[0] ?? title} ${percent(share)}`;

/** "Document 2" of "[2] Lima"; the name of a tool. */
export const nameOf = (title: string): string => title.replace(/^\[(\d+)\].*$/s, "Document $1");

/** What a chip says in words. */
export function wordsOf(title: string, { share, fall }: Chip): string {
  const about = title.replace(/^\[\d+\]\s*/, "");
  const what = nameOf(title) === title ? title : `${nameOf(title)} (${about})`;
  return `${what} holds ${percent(share)} of what this sentence rests on: without it, the sentence is ${timesLess(fall)}.`;
}

/** How much less likely something is that falls by so many nats. */
function timesLess(fall: number): string {
  const times = Math.exp(fall);
  if (times >= 1e6) return "over a million times less likely";
  if (times < 2) return `${Math.round(100 * (1 - 1 / times))} % less likely`;
  const digits = times < 10 ? 1 : 0;
  return `${Number(times.toFixed(digits)).toLocaleString("en")} times less likely`;
}

/** What may be left out. */
export const kindOf = ({ units }: RestsInfo): string =>
  units.some(([title]) => nameOf(title) !== title) ? "document" : "tool";

/** The text of each sentence. */
export function sentencesIn(content: Content, { sentences }: RestsInfo): string[] {
  const units = unitsOf(content);
  return sentences.map(([start, end]) => {
    const inside: number[] = [];
    for (let u = units.of(start); u < units.count && units.start(u) < end; u++) inside.push(u);
    return units.joined(inside).trim();
  });
}

/** The attribute that says whether a chip is on: of a button, and of an option of a text. */
type On = "aria-pressed" | "aria-selected";

/** The chips of each sentence, as elements made by `make`; a few words where it rests on nothing alone. */
export function elementsOf(
  info: RestsInfo,
  falls: Float32Array,
  ctx: Display,
  make: (label: string) => HTMLElement,
): HTMLElement[][] {
  const [what, count] = [kindOf(info), info.units.length];
  return info.sentences.map((_, s) => {
    const found = chipsOf(falls.subarray(s * count, (s + 1) * count));
    if (found.length > 0) return found.map((chip) => chipElement(info, chip, ctx, make));
    const title = `No ${what}, left out alone, makes this sentence a tenth less likely.`;
    return [h("span", { class: "none", title }, `no ${what} alone`)];
  });
}

function chipElement(
  { units }: RestsInfo,
  chip: Chip,
  { state, announce }: Display,
  make: (label: string) => HTMLElement,
): HTMLElement {
  const [title, start, end] = units[chip.unit] as RestsInfo["units"][number];
  const [label, words] = [labelOf(title, chip.share), wordsOf(title, chip)];
  const element = make(label);
  setAttributes(element, {
    title: words,
    "aria-label": `${label}: ${words}`,
    onclick: () => {
      const off = state.lit.peek()?.[3] === words;
      state.lit.value = off ? null : [start, end, chip.share, words];
      if (!off) state.sought.value = [start];
      announce(off ? "Let go." : `${nameOf(title)} is marked in the text.`);
    },
  });
  element.style.setProperty("--share", chip.share.toFixed(2));
  return element;
}

/** Say of each of these chips whether it is the one whose document is marked. */
export function markLit(chips: Iterable<HTMLElement>, { lit }: Pick<State, "lit">, on: On): void {
  for (const chip of chips) chip.setAttribute(on, String(lit.value?.[3] === chip.title));
}

/** Give chips inside `host` the colour of the theme. */
export function setTint(host: HTMLElement, { theme }: Pick<Display, "theme">): void {
  host.style.setProperty("--tint", tint(theme.value).unsigned.rgb.join(" "));
}
