/** How alike two rows of scores order the same pieces of text, and where they part. */
import { kendallTau } from "../../scores/disagreement";
import type { ShownScores } from "../../scores/shown-scores";
import type { Group, Links } from "./links";

/** How many of the highest are compared. */
const top = 5;

/** The scores of the pieces of text that both know. */
export interface Pair {
  readonly groups: readonly Group[];
  readonly here: Float32Array;
  readonly there: Float32Array;
}

/** Where two orders part most: the ranks of a group, from 1. */
export interface Parting {
  readonly group: Group;
  readonly here: number;
  readonly there: number;
}

export interface Likeness {
  /** Kendall's tau-b; NaN where one of them scores all the same. */
  readonly tau: number;
  /** How many pieces are compared. */
  readonly count: number;
  /** How many of the highest were compared, and those that are among the highest of both. */
  readonly top: number;
  readonly shared: readonly Group[];
  readonly parting: Parting | null;
}

type Scored = Pick<ShownScores, "values">;

/** Add up the scores of each group; a group that either has no score for is left out. */
export function paired(here: Scored, there: Scored, links: Links): Pair {
  const found = links
    .groups()
    .map((group) => ({ group, a: sum(here.values, group.here), b: sum(there.values, group.there) }))
    .filter(({ a, b }) => !Number.isNaN(a) && !Number.isNaN(b));
  return {
    groups: found.map(({ group }) => group),
    here: Float32Array.from(found, ({ a }) => a),
    there: Float32Array.from(found, ({ b }) => b),
  };
}

/** Compare them: by value if both are signed, else by size. */
export function likeness(pair: Pair, signed: boolean): Likeness {
  const [a, b] = signed ? [pair.here, pair.there] : [pair.here.map(Math.abs), pair.there.map(Math.abs)];
  const [inA, inB] = [ranks(a), ranks(b)];
  const count = a.length;
  const k = Math.min(top, count);
  const of = (at: number): Group => pair.groups[at] as Group;
  const either = [...a.keys()].filter((i) => (inA[i] as number) <= k || (inB[i] as number) <= k);
  const both = either.filter((i) => (inA[i] as number) <= k && (inB[i] as number) <= k);
  const gap = (i: number) => Math.abs((inA[i] as number) - (inB[i] as number));
  const most = either.reduce<number | null>((far, i) => (far === null || gap(i) > gap(far) ? i : far), null);
  const parting =
    most === null || gap(most) < 2
      ? null
      : { group: of(most), here: inA[most] as number, there: inB[most] as number };
  both.sort((i, j) => (inA[i] as number) - (inA[j] as number));
  return { tau: kendallTau(a, b), count, top: k, shared: both.map(of), parting };
}

/**
 * What each unit here has more than its counterpart there, as shares of what both know; NaN without one. Both keep
 * their signs if both are signed.
 */
export function difference({ groups, here, there }: Pair, units: number, signed: boolean): Float32Array {
  const out = new Float32Array(units).fill(Number.NaN);
  const [a, b] = [shares(here, signed), shares(there, signed)];
  groups.forEach((group, i) => {
    // What is cut finer here is drawn in parts that add up to the difference.
    for (const u of group.here) out[u] = ((a[i] as number) - (b[i] as number)) / group.here.length;
  });
  return out;
}

function shares(values: Float32Array, signed: boolean): Float32Array {
  const total = values.reduce((all, v) => all + Math.abs(v), 0) || 1;
  return values.map((v) => (signed ? v : Math.abs(v)) / total);
}

/** Ranks from 1, the highest first; equal ones in the order of the text. */
function ranks(values: Float32Array): Float32Array {
  const order = [...values.keys()].sort((i, j) => (values[j] as number) - (values[i] as number));
  const out = new Float32Array(values.length);
  order.forEach((i, k) => {
    out[i] = k + 1;
  });
  return out;
}

function sum(values: Float32Array, units: readonly number[]): number {
  return units.reduce((all, u) => {
    const v = values[u] as number;
    return Number.isNaN(v) ? all : (Number.isNaN(all) ? 0 : all) + v;
  }, Number.NaN);
}
