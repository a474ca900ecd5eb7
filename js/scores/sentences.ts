/** The sentences of a prompt, as stretches of tokens. */
import type { Content } from "../session/content";

/** Tokens `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const known = new WeakMap<object, readonly Span[]>();

/** The sentences of a prompt, without control tokens and what a chat template wrote. */
export function sentencesOf(content: Content): readonly Span[] {
  const { groups, sections, steps, tokens } = content;
  if (!groups) return [];
  const found = known.get(groups);
  if (found) return found;
  const special = new Set(tokens.special);
  const { sentence } = groups;
  const spans = sentence
    .map((start, k) => ({ start, end: sentence[k + 1] ?? tokens.count }))
    .filter(({ start }) => {
      if (start >= steps.first || special.has(start)) return false;
      const section = sections.find((one) => one.start <= start && start < one.end);
      return !section?.body || (section.body[0] <= start && start < section.body[1]);
    });
  known.set(groups, spans);
  return spans;
}
