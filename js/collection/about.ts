/** What the texts of a data set have in common. */
export interface About {
  readonly title: string;
  readonly count: number;
  readonly methods: readonly string[];
  /** The commonest answers, and how often each is given. */
  readonly answers: readonly (readonly [answer: string, count: number])[];
  readonly labelled: boolean;
}
