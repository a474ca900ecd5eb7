/** Two documents and two sentences of the sample's answer, for tests. */
import type { RestsInfo } from "../../session/rests";

export const restsInfo: RestsInfo = {
  units: [
    ["[1] Ottawa", 0, 1],
    ["[2] Lima", 1, 2],
  ],
  sentences: [
    [2, 3],
    [3, 4],
  ],
  seconds: 1,
  tools: [],
};
