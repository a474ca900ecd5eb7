/** The documents and tools that an answer may rest on, for the panel of its sentences. */

/** The documents and tools that the sentences of an answer may rest on, and about how long it takes to find out. */
export interface RestsInfo {
  readonly units: readonly (readonly [title: string, start: number, end: number])[];
  readonly sentences: readonly (readonly [start: number, end: number])[];
  readonly seconds: number;
  /** Another tool than the one called: from a step on, `text` would stand there instead. */
  readonly tools: readonly (readonly [called: string, name: string, step: number, text: string])[];
  /** Of an exported page: by how many nats each sentence falls without each unit. */
  readonly falls?: readonly (readonly number[])[];
}
