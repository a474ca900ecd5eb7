import { expect, test } from "vitest";
import type { Palette } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import { recordingPaper } from "../../testing";
import { geometry } from "./geometry";
import { paintPicker } from "./paint";

const look = { ink: "ink", soft: "soft", accent: "accent", panel: "panel", mono: "mono" } as Palette;
const ramp = sequential("light", "blue");
const picture = {
  values: Float32Array.of(0, 0.5, 1, 0),
  layer: null,
  chosen: [],
  hovered: null,
  focused: null,
  left: 0,
};

test("each head is filled with its shade, and layers and heads are numbered from 1", () => {
  const { paper, of, texts } = recordingPaper();
  paintPicker(paper, geometry(2, 2, 200), picture, look, ramp, 2);
  expect(of("fill").map(({ fillStyle }) => fillStyle)).toEqual([0, 0.5, 1, 0].map((v) => ramp.css(v)));
  expect(texts()).toEqual(["1", "2", "1", "2"]);
  expect(of("stroke")).toEqual([]);
});

test("what is hovered, focused and chosen is outlined in its colour", () => {
  const { paper, of } = recordingPaper();
  const marks = { hovered: [0, 1], focused: [1, 0], chosen: [[1, 1]], layer: 0 } as const;
  paintPicker(paper, geometry(2, 2, 200), { ...picture, ...marks }, look, ramp, 1);
  expect(of("stroke").map(({ strokeStyle }) => strokeStyle)).toEqual(["ink", "ink", "accent", "accent"]);
  expect(of("fillText").map(({ fillStyle }) => fillStyle)).toEqual(["soft", "accent", "accent", "accent"]);
});

test("scrolled cells do not show under the layer numbers", () => {
  const { paper, of } = recordingPaper();
  paintPicker(paper, geometry(2, 64, 200), { ...picture, values: null, left: 100 }, look, ramp, 1);
  expect(of("fillRect").at(-1)).toMatchObject({ fillStyle: "panel", args: [97, 0, 19, expect.any(Number)] });
});
