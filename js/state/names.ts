/** Names for pieces of text: what cannot be seen is shown by its code or put into words, and punctuation is quoted. */

const code = (c: string): string =>
  `⟨U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}⟩`;

/** Characters that would act, not show, as a picture (␛) or a code (⟨U+200B⟩); the joiner holds emoji together. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => {
    if ("\n\t\u200d".includes(c)) return c;
    const point = c.codePointAt(0) as number;
    if (point < 0x20) return String.fromCodePoint(0x2400 + point);
    return point === 0x7f ? "␡" : code(c);
  });
}

/** Characters that have no picture of their own: alone, nobody could see or point at them. */
const unseen = /^[\p{Cf}\p{Variation_Selector}]+$/u;
/** Controls, and what turns the direction of the text after it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
const acting = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g;

/** A piece of text as it is drawn among others: joiners and marks stay where they shape what is beside them. */
export function drawable(text: string): string {
  const shaping = /\u200c|\u200d|\p{Variation_Selector}/u;
  if (unseen.test(text.trim()) && !shaping.test(text)) return text.replace(/\S/gu, code);
  return text.replace(acting, printable);
}

const blanks: readonly (readonly [kind: RegExp, one: string, many: string])[] = [
  [/^\r?\n/, "newline", "newlines"],
  [/^\t/, "tab", "tabs"],
  [/^\u00a0/, "no-break space", "no-break spaces"],
  [/^\s/, "space", "spaces"],
];

/** "newline", "2 newlines", "space, newline"; "nothing" for an empty text. */
function blankName(text: string): string {
  const runs: [kind: number, count: number][] = [];
  for (let rest = text; rest; ) {
    const kind = blanks.findIndex(([match]) => match.test(rest));
    const last = runs.at(-1);
    if (last?.[0] === kind) last[1]++;
    else runs.push([kind, 1]);
    rest = rest.slice(blanks[kind]?.[0].exec(rest)?.[0].length ?? 1);
  }
  const names = runs.map(([kind, count]) => {
    const [, one, many] = blanks[kind] as (typeof blanks)[number];
    return count === 1 ? one : `${count} ${many}`;
  });
  return names.join(", ") || "nothing";
}

/** The name of a piece of text without quotes, where it stands alone. */
export function plainName(text: string): string {
  const trimmed = text.replace(/\ufeff/g, code).trim();
  if (trimmed === "") return blankName(text);
  if (unseen.test(trimmed)) return trimmed.replace(/./gu, code);
  const seen = trimmed.replace(acting, printable);
  // A mark that belongs to the letter before it has a circle in its stead.
  return /^\p{M}/u.test(seen) ? `◌${seen}` : seen;
}

/** A name for a piece of text, which stands in a sentence or in a list: invisible characters in words, punctuation quoted. */
export function named(text: string): string {
  const name = plainName(text);
  return /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}␀-␡]/u.test(name) ? name : `“${name}”`;
}

/** The name in quotes; with `longest`, cut to so many letters. */
export function quoted(text: string, longest = Number.POSITIVE_INFINITY): string {
  const letters = [...plainName(text).replace(/\s+/g, " ")];
  if (letters.length <= longest) return `“${letters.join("")}”`;
  return `“${letters
    .slice(0, longest - 1)
    .join("")
    .trim()}…”`;
}
