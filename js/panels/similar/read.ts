/** Read what a search of a corpus found. */
import type { Asked } from "../../session/answers";

export interface SimilarMatch {
  readonly similarity: number;
  /** Words at odd places, and what stands before, between and after them. */
  readonly parts: readonly string[];
  /** The index of the word that was found, and of the one that it reads most. */
  readonly word: number;
  readonly attended: number | null;
  /** What it reads of each word; NaN where that is not known. */
  readonly weights: Float32Array;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export type Counts = readonly (readonly [name: string, count: number])[];

export interface Similar {
  /** The token searched for. */
  readonly name: string;
  readonly matches: readonly SimilarMatch[];
  /** How often each label occurs, by annotation and by which word: "match", "next", "attended". */
  readonly summaries: Readonly<Record<string, Readonly<Record<string, Counts>>>>;
  readonly offsets: Counts | null;
}

/** The matches with their numbers: first the similarity of each, then what each reads of its words. */
export function readSimilar({ meta, numbers }: Asked): Similar {
  const sent = meta as Similar;
  let at = sent.matches.length;
  const matches = sent.matches.map((match, k): SimilarMatch => {
    const words = (match.parts.length - 1) / 2;
    at += words;
    return { ...match, similarity: numbers[k] ?? Number.NaN, weights: numbers.subarray(at - words, at) };
  });
  return { ...sent, matches };
}
