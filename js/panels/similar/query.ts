/** What is searched by: the whole state at a layer or, where heads of one layer are chosen, what these read. */
import type { CorpusInfo } from "../../session/corpus";
import type { Head } from "../../session/heads";

/** A search for the place where a step is read, or for a token, by the state at a layer or by heads of it. */
export interface SimilarArgs {
  readonly step: number | null;
  readonly token: number | null;
  readonly layer: number;
  readonly heads: readonly number[] | null;
  readonly k: number;
}

export interface Asked {
  readonly args: Omit<SimilarArgs, "k">;
  /** What is compared: "the state", "heads 2 and 5". */
  readonly name: string;
  /** The layer follows from the heads or the layer chosen. */
  readonly fixed: boolean;
  /** Why not by the heads that are chosen, or nothing. */
  readonly note: string;
}

/** The search for a word, by the layer picked in the panel unless heads or a layer of the corpus are chosen. */
export function asked(
  corpus: CorpusInfo,
  word: Pick<SimilarArgs, "step" | "token">,
  picked: number | null,
  layer: number | null,
  heads: readonly Head[],
): Asked {
  const has = (at: number | null | undefined) => at != null && corpus.layers.includes(at);
  const first = heads[0]?.[0];
  const together = heads.every(([at]) => at === first);
  if (first !== undefined && together && has(first) && corpus.heads > 0) {
    const chosen = heads.map(([, head]) => head).sort((a, b) => a - b);
    const name = `head${chosen.length > 1 ? "s" : ""} ${chosen.map((head) => head + 1).join(", ")}`;
    return { args: { ...word, layer: first, heads: chosen }, name, fixed: true, note: "" };
  }
  const note =
    first === undefined
      ? ""
      : `(the heads chosen are ${together ? "of a layer that the corpus does not hold" : "of several layers"})`;
  const last = corpus.layers.at(-1) ?? 0;
  const at = has(layer) ? (layer as number) : has(picked) ? (picked as number) : last;
  return { args: { ...word, layer: at, heads: null }, name: "the state", fixed: has(layer), note };
}
