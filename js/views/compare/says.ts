/** Say in words how alike two displays order the inputs. */
import type { RichText } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import type { Content } from "../../session/content";
import { named } from "../../state/names";
import { type Units, unitsOf } from "../../state/units";
import type { Likeness, Pair, Parting } from "./likeness";
import type { Group, Links } from "./links";

/** One of two displays: what it is called, and its scores. */
export interface Side {
  readonly name: string;
  readonly shown: ShownScores;
}

const meaning =
  "Kendall's tau: 1 if both order all inputs alike, 0 if their orders have nothing in common, −1 if they are opposite.";

export function sentence(found: Likeness, pair: Pair, units: Units, sides: readonly [Side, Side]): RichText {
  const { tau, count, top, shared, parting } = found;
  if (count === 0) return ["The two texts have no word in common that both have a score for."];
  const nameOf = ({ here }: Group) => named(units.joined(here));
  const alike = Number.isNaN(tau)
    ? ["One of them gives all words the same."]
    : ["Order alike: ", { term: "Kendall τ", says: meaning }, " ", { strong: numeral(tau) }];
  const words = shared.map(nameOf).join(", ");
  const both = [
    "of the ",
    String(top),
    " highest, both have ",
    { strong: String(shared.length) },
    words && `: ${words}`,
  ];
  return [
    ...alike,
    ...(count > top ? [" · ", ...both] : []),
    ...(parting ? parts(parting, pair, count, nameOf, sides) : []),
  ];
}

/** How many of the words that only one text has are named. */
const most = 4;

/** Which words only one of the two texts has. */
export function lonelyText(
  links: Links,
  contents: readonly [Content, Content],
  names: readonly [string, string],
): RichText {
  const found = contents.flatMap((content, side) => {
    const units = unitsOf(content);
    const words = [...new Set(links.lonely(side === 1).map((word) => named(units.joined(word))))];
    if (words.length === 0) return [];
    const more = words.length > most ? ` and ${words.length - most} more` : "";
    return [`only in ${names[side]}: ${words.slice(0, most).join(", ")}${more}`];
  });
  return found.length > 0 ? [` · in italics ${found.join("; ")}`] : [];
}

function parts(
  { group, here, there }: Parting,
  pair: Pair,
  count: number,
  nameOf: (group: Group) => string,
  [a, b]: readonly [Side, Side],
): RichText {
  const at = pair.groups.indexOf(group);
  const one = `${a.name} ${place(here, count)}${against(a, pair.here[at])}`;
  const two = `${b.name} ${place(there, count)}${against(b, pair.there[at])}`;
  return [" · they part at ", { strong: nameOf(group) }, `: ${one}, ${two}`];
}

function against({ shown }: Side, value: number | undefined): string {
  return shown.method.signed && (value ?? 0) < 0 ? " (against)" : "";
}

/** "5th", or "last of 12". */
function place(rank: number, count: number): string {
  if (rank === count) return `last of ${count}`;
  const teen = rank % 100 > 10 && rank % 100 < 14;
  return `${rank}${teen ? "th" : (["th", "st", "nd", "rd"][rank % 10] ?? "th")}`;
}
