/** Which arcs there are at the moment: from the inputs that hold most of what is shown. */
import type { Context } from "../../context";
import { greatest } from "../../scores/combine";
import { topMass } from "../../scores/mass";
import type { ShownScores } from "../../scores/shown-scores";
import { unitsOf } from "../../state/units";
import type { Picture } from "../running-text/paint";

export interface Arc {
  /** The unit of the input, and the unit explained. */
  readonly from: number;
  readonly to: number;
  /** What the end says; NaN for nothing. */
  readonly number: number;
  /** How strong it is: from 0 to 1. */
  readonly share: number;
  readonly negative: boolean;
  /** Which of several heads it is of; −1 of all. */
  readonly head: number;
  /** It is of an input off the scale. */
  readonly sink: boolean;
}

export interface Arcs {
  /** The strongest first, at most `most` and those of sinks. */
  readonly list: readonly Arc[];
  /** How many there would be without that limit. */
  readonly among: number;
  /** From the inputs to the word explained, from one input to all words, or of all words at once. */
  readonly of: "word" | "input" | "all";
}

export const noArcs: Arcs = { list: [], among: 0, of: "word" };

/** Beyond this many, arcs are a thicket in which none can be followed: the weakest are left out, and that is said. */
export const most = 200;

const plain = { head: -1, sink: false } as const;

/** The arcs of the words explained, or those of an input where no word is; null where all words are. */
export function arcsOf(
  { state }: Context,
  picture: Pick<Picture, "values" | "high" | "pointed" | "targets" | "sinks">,
  shown: ShownScores | null,
  heads: readonly Float32Array[],
): Arcs | null {
  const { values, high, pointed } = picture;
  if (!shown || !values || high === 0) return noArcs;
  const share = state.options.value.arc_share;
  const strength = (v: number) => Math.min(1, Math.abs(v) / high);
  if (shown.input !== null) {
    const from = pointed ?? unitsOf(state.content.value).of(shown.input);
    const words = topMass(values, share);
    const list = words.map((to) => arc(from, to, values[to] as number, strength));
    return { list: list.slice(0, most), among: list.length, of: "input" };
  }
  const [to] = picture.targets;
  if (to === undefined) return null;
  const mass = topMass(values, share);
  const list =
    heads.length > 0
      ? ofHeads(heads, share, values, to)
      : withPointed(mass.slice(0, most), values, pointed).map((u) =>
          arc(u, to, values[u] as number, strength),
        );
  return {
    list: [...list.slice(0, most + 1), ...ofSinks(picture, shown, to)],
    among: heads.length > 0 ? list.length : mass.length,
    of: "word",
  };
}

function arc(from: number, to: number, number: number, strength: (v: number) => number): Arc {
  return { ...plain, from, to, number, share: strength(number), negative: number < 0 };
}

/** The input pointed at has an arc, however weak. */
function withPointed(units: number[], values: Float32Array, pointed: number | null): number[] {
  const known = pointed !== null && Math.abs(values[pointed] as number) > 0;
  return known && !units.includes(pointed) ? [...units, pointed] : units;
}

/** Each head has arcs from the inputs that it reads most; their ends say what all these heads give. */
function ofHeads(heads: readonly Float32Array[], share: number, values: Float32Array, to: number): Arc[] {
  const high = heads.reduce((top, row) => Math.max(top, greatest(row)), 0);
  const list = heads.flatMap((row, head) =>
    topMass(row, share).map((from) => {
      const [v, number] = [row[from] as number, values[from] as number];
      return { from, to, number, share: Math.abs(v) / high, negative: v < 0, head, sink: false };
    }),
  );
  return list.sort((a, b) => b.share - a.share);
}

function ofSinks({ sinks }: Pick<Picture, "sinks">, shown: ShownScores, to: number): Arc[] {
  return sinks.map((from, k) => {
    const number = shown.values[shown.sinks[k] as number] as number;
    return { from, to, number, share: 0, negative: false, head: -1, sink: true };
  });
}
