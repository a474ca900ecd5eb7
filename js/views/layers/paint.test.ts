import { expect, test } from "vitest";
import { layersOf, recordingPaper } from "../../testing";
import { cutter, type Look, paintTable } from "./paint";
import { planOf } from "./plan";

const color = (rgb: [number, number, number]) => ({ rgb, alpha: 0.5 });
const look = {
  ink: "ink",
  soft: "soft",
  accent: "accent",
  accentGround: "accent ground",
  ground: "ground",
  panel: "panel",
  sans: "sans",
  saidTint: color([1, 0, 0]),
  otherTint: color([0, 0, 1]),
  cut: (word: string) => word.trim(),
} as unknown as Look;

test("cells are shaded by p, in two hues, and only those in view are painted", () => {
  const { paper, of, texts } = recordingPaper();
  const picture = {
    plan: planOf(260, 4, 50),
    left: 0,
    top: 0,
    hovered: { layer: 1, step: 0 },
    lensOf: (step: number) => (step < 2 ? layersOf(step, 1) : null),
    said: (step: number) => `word ${step}`,
    held: (step: number) => step === 1,
  };
  paintTable(paper, picture, look, 1);
  const cells = of("fillRect").filter(({ fillStyle }) => String(fillStyle).startsWith("rgb"));
  expect(cells.slice(0, 4).map(({ fillStyle, globalAlpha }) => [fillStyle, globalAlpha])).toEqual([
    ["rgb(0 0 1)", 0.125],
    ["rgb(0 0 1)", 0.25],
    ["rgb(1 0 0)", 0.25],
    ["rgb(1 0 0)", 0.375],
  ]);
  expect(cells).toHaveLength(8);
  expect(texts()).toEqual(expect.arrayContaining(["the", "said", "word 0", "word 1", "1", "4"]));
  expect(texts()).not.toContain("word 7");
  expect(of("strokeRect").map(({ strokeStyle }) => strokeStyle)).toEqual(["ink", "accent"]);
});

test("words are cut to a width once", () => {
  const { paper } = recordingPaper();
  let count = 0;
  const cut = cutter(paper, (word) => {
    count++;
    return word;
  });
  expect([cut("Washington", 40), cut("Washington", 40), cut("is", 40)]).toEqual([
    ...["Wash…", "Wash…", "is"],
  ]);
  expect(count).toBe(2);
});
