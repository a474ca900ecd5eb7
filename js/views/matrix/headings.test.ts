import { expect, test } from "vitest";
import { recordingPaper } from "../../testing";
import { paintColumns, paintRows } from "./headings";
import { filledField, look, picture } from "./testing";

test("rows have their inputs; a hidden one is soft, the one pointed at bold", () => {
  const { paper, of, texts } = recordingPaper();
  const field = filledField({ hidden: Uint8Array.of(1, 0, 0, 0) });
  paintRows(paper, picture({ field, hover: { zone: "row", row: 1, column: -1 } }), look);
  expect(texts()).toEqual(["<s>", "is", "Paris"]);
  expect(of("fillText").map(({ fillStyle }) => fillStyle)).toEqual(["soft", "ink", "ink"]);
  expect(paper.font).toContain("600");
});

test("columns have their tokens and probabilities; held ones have the accent", () => {
  const { paper, of, texts } = recordingPaper();
  paintColumns(paper, picture({ held: [1] }), look);
  expect(texts()).toEqual(["is", "東", ".750", ".500", "probability"]);
  expect(of("fillText").map(({ fillStyle }) => fillStyle)).toEqual([
    "soft",
    "accent",
    "soft",
    "accent",
    "soft",
  ]);
  expect(of("rotate")).toEqual([]);
});

test("narrow columns turn their headings and show probabilities as bars; a held one has its own ground", () => {
  const { paper, of, texts } = recordingPaper();
  paintColumns(paper, picture({ held: [1] }, 20), look);
  expect(texts()).toEqual(["is", "東", "probability"]);
  expect(of("rotate")).toHaveLength(2);
  const [ground, ...bars] = of("fillRect");
  expect(ground?.fillStyle).toBe("ground");
  const heights = bars.map(({ args }) => args[3] as number);
  expect(heights[0]).toBeCloseTo((heights[1] as number) * 1.5, 6);
});

test("where there are too many for words, positions stand as ticks, and sections have their titles", () => {
  const { paper, texts } = recordingPaper();
  const titles = [
    [0, "user"],
    [38, "assistant"],
    [40, "model"],
  ] as const;
  const shape = { ...filledField().shape, titles, rowText: Array(90).fill("a"), breaks: [40] };
  const field = { ...filledField(), shape, hatched: new Uint8Array(90) } as never;
  const layout = { ...picture().layout, rows: 90, columns: 90, height: 460 };
  const many = picture({ field, layout, down: { offset: 0, scale: 4 }, across: { offset: 0, scale: 4 } });
  paintRows(paper, many, look);
  expect(texts()).toEqual(["20", "60", "80", "user", "model"]);
});
