/** What Flow says in words and numbers: at the ends of arcs, and of how many inputs they come. */
import type { Context } from "../../context";
import { numeral } from "../../draw/numerals";
import { held } from "../../scores/mass";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import { named } from "../../state/names";
import { unitsOf } from "../../state/units";
import type { Page } from "../running-text/page";
import type { Arcs } from "./arcs";
import type { Route } from "./routes";

/** The number at the end of a route; with the word, where that is out of sight. */
export function endText(
  { arcs, label }: Route,
  { of }: Pick<Arcs, "of">,
  { folds }: Pick<Page, "folds">,
  { state, scores }: Context,
): string {
  const shown = scores.shown.peek();
  const [first] = arcs;
  if (!shown || !first) return "";
  const sum = arcs.reduce((all, { number }) => all + number, 0);
  const text = numeral(sum, shown.method.signed, shown.high);
  // The chip of a fold says its number itself.
  if (!label?.outside) return folds.foldedWith(first.from) ? "" : text;
  if (arcs.length > 1) return `${arcs.length} inputs ${text}`;
  const end = of === "word" ? first.from : first.to;
  const name = folds.nameOf(end) ?? named(unitsOf(state.content.peek()).text(end));
  return `${name} ${text}`;
}

/** How many inputs have an arc, those of a fold each, and how many have a number. */
export function counted(
  { folds }: Page,
  shown: ShownScores | null,
  { list }: Pick<Arcs, "list">,
): [count: number, among: number] {
  if (!shown) return [0, 0];
  const values = compared(shown);
  const drawn = new Set(list.filter(({ sink }) => !sink).map(({ from }) => from));
  const inputs = [...drawn].flatMap((u) => folds.foldedWith(u) ?? [u]);
  const known = inputs.filter((u) => !Number.isNaN(values[u]));
  return [known.length, held(values, []).count];
}

/** How much the arcs show; `inputs` have one, of so many. */
export function amountText({ of, list, among }: Arcs, [count, inputs]: readonly [number, number]): string {
  if (of === "all") return "the two strongest inputs of every word";
  if (of === "input") return "what this input gave to each word";
  const drawn = list.filter(({ sink }) => !sink).length;
  if (drawn < among) return `the strongest ${drawn} of ${among.toLocaleString("en")} arcs`;
  return inputs > 0 ? `${count} of ${inputs} inputs` : "";
}
