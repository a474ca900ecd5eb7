/** The corpus that words are searched in, for the panel of similar places. */

/** A corpus: its size, the layers kept, how many heads each has, and the labels of its words. */
export interface CorpusInfo {
  readonly texts: number;
  readonly tokens: number;
  readonly layers: readonly number[];
  readonly heads: number;
  readonly annotations: readonly string[];
}
