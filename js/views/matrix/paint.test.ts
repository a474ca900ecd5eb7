import { expect, test } from "vitest";
import { cssPixel } from "../../draw/color";
import { recordingPaper } from "../../testing";
import { paintMatrix } from "./paint";
import { filledField, look, picture } from "./testing";

test("cells have the colour of their score and its number; a cell without a score has a dot", () => {
  const { paper, of, texts } = recordingPaper();
  paintMatrix(paper, picture(), look, 1);
  const field = filledField();
  expect(field.high).toBe(0.75);
  const quanta = [0.25, 0.75, 0.125, 0.5, 0.375].map((v) => Math.round((254 * v) / 0.75));
  expect(of("fill").map(({ fillStyle }) => fillStyle)).toEqual(quanta.map((q) => cssPixel(q)));
  expect(texts().slice(0, 5)).toEqual([".250", ".750", ".125", ".500", ".375"]);
  expect(of("fillRect").filter(({ args }) => args[2] === 2 && args[3] === 2)).toHaveLength(1);
});

test("hidden rows are hatched instead", () => {
  const { paper, of, texts } = recordingPaper();
  paintMatrix(paper, picture({ field: filledField({ hidden: Uint8Array.of(0, 1, 0, 0) }) }), look, 1);
  // What is left is the probability below the column.
  expect(texts().filter((text) => text === ".750")).toHaveLength(1);
  expect(of("stroke")).toHaveLength(2);
  expect(of("fill")).toHaveLength(3);
});

test("neighbours that are held share one frame", () => {
  const { paper, of } = recordingPaper();
  paintMatrix(paper, picture({ held: [0, 1] }), look, 1);
  expect(of("stroke").map(({ strokeStyle }) => strokeStyle)).toEqual(["accent"]);
  expect(of("roundRect").at(-1)?.args[2]).toBe(120);
});

test("edges beyond which there are more cells fade", () => {
  const fades = (more: object) => {
    const { paper, of } = recordingPaper();
    paintMatrix(paper, picture(more), look, 1);
    return of("fillRect").filter(
      ({ fillStyle, globalAlpha }) => fillStyle === "ground" && (globalAlpha as number) < 1,
    );
  };
  expect(fades({})).toEqual([]);
  const right = fades({ across: { offset: 0, scale: 300 } });
  expect(right.length).toBeGreaterThan(3);
  expect(right.every(({ args }) => (args[0] as number) > 370)).toBe(true);
});
