/** Read tokens together: the same content with words, sentences or messages as its units. */
import type { Content } from "../session/content";
import type { Grouping } from "../session/units";

/** The tokens from which a text is long: it has an outline, a minimap and a line of tools. */
const long = 300;

export const isLong = ({ tokens }: Content): boolean => tokens.count > long;

const made = new WeakMap<Content, Map<Grouping, Content>>();

/** The content with these units; made once. */
export function grouped(content: Content, by: Grouping): Content {
  const starts = by === "token" ? undefined : content.groups?.[by];
  if (!starts) return content;
  const known = made.get(content) ?? new Map<Grouping, Content>();
  made.set(content, known);
  const found = known.get(by) ?? { ...content, tokens: joined(content, starts), grouped: by };
  known.set(by, found);
  return found;
}

function joined({ tokens }: Content, starts: readonly number[]): Content["tokens"] {
  const text: string[] = [];
  let next = 0;
  tokens.start.forEach((start, u) => {
    const piece = tokens.text[u] ?? "";
    if (start === starts[next]) next = text.push(piece);
    else text[next - 1] += piece;
  });
  return { ...tokens, start: starts, text };
}

/** Whether messages of a chat are told apart. */
export const hasMessages = ({ sections }: Content): boolean => sections.some(({ body }) => body);
