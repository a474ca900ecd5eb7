/** The entries of an outline: sections, and the parts of a long one under their first words. */
import type { Span } from "../../scores/sentences";
import type { Content } from "../../session/content";
import { plainName } from "../../state/names";
import { unitsOf } from "../../state/units";

export interface Entry extends Span {
  readonly title: string;
  /** 0 for a section, 1 for a part of one. */
  readonly level: 0 | 1;
}

/** Characters of a title. */
const longest = 48;

export function entriesOf(sent: Content): Entry[] {
  const { sections, groups } = sent;
  return sections.flatMap((section): Entry[] => {
    const { title, start, end } = section;
    const [from, to] = section.body ?? [start, end];
    // The header of an answer has nothing in it but what the template wrote.
    if (from === to) return [];
    const own: Entry = { title: title || "Text", start, end, level: 0 };
    const inside = (groups?.part ?? []).filter((at) => from <= at && at < to);
    const starts = inside.filter((at) => !sent.tokens.special.includes(at));
    if (starts.length < 2) return [own];
    const parts = starts.map((at, k): Entry => {
      const stop = starts[k + 1] ?? to;
      return { title: titleOf(sent, { start: at, end: stop }), start: at, end: stop, level: 1 };
    });
    return [own, ...parts.filter(({ title: text }) => text)];
  });
}

/** The first line of a part without the signs of a heading. */
function titleOf(sent: Content, { start, end }: Span): string {
  const units = unitsOf(sent);
  const [first, past] = [units.of(start), units.of(end - 1) + 1];
  let text = "";
  for (let u = first; u < past && text.trimStart().length < 4 * longest; u++) {
    text += units.text(u);
    if (/\S.*\n/s.test(text)) break;
  }
  const [line = ""] = text.trim().split("\n");
  const clean = line.replace(/^#+\s*/, "").replace(/[*_`]+/g, "");
  return clean.length > longest ? `${clean.slice(0, longest).trimEnd()}…` : clean && plainName(clean);
}
