/** A text with words and characters of several tokens, for tests. */
import type { Content } from "../session/content";

/** Units: The(0) first(1,2) | 東(3,4) is(5): two steps write 東, one writes "is". */
export const content: Content = {
  v: 1,
  model: "demo",
  tokens: { count: 6, start: [0, 1, 3, 5], text: ["The", " first", " 東", "\n"], special: [0] },
  inputs: 5,
  contrast: {},
  sections: [],
  steps: {
    first: 3,
    count: 3,
    probability: [0.5, 0.4, 0.9],
    rank: [1, 1, 1],
    entropy: [0, 0, 0],
    alternatives: [],
  },
  methods: [],
  layers: 0,
  heads: 0,
  attention_note: null,
  warnings: [],
};
