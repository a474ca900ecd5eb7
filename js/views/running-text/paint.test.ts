import { expect, test } from "vitest";
import { cssColor } from "../../draw/color";
import { tint } from "../../draw/ramp";
import { recordingPaper } from "../../testing";
import type { Box, Boxes } from "./boxes";
import { type Inks, type Picture, paintText, targetFrames } from "./paint";

/** Four units on one line and one on the next. */
const places: Box[] = [0, 1, 2, 3, 4].map((u) => ({
  left: (u % 4) * 50,
  top: u < 4 ? 0 : 32,
  width: 40,
  height: 20,
}));
const boxes = {
  of: (u: number) => [places[u] as Box],
  each: (u: number, draw: (...at: [number, number, number, number]) => void) => {
    const { left, top, width, height } = places[u] as Box;
    draw(left, top, width, height);
  },
} as unknown as Boxes;
const inks = {
  ...tint("light"),
  signed: false,
  forced: false,
  ink: "ink",
  soft: "soft",
  accent: "accent",
  accentGround: "accentGround",
  ground: "ground",
} as unknown as Inks;
const picture: Picture = {
  values: Float32Array.of(1, -0.5, 0.001, Number.NaN, Number.NaN),
  high: 1,
  intensity: 0.5,
  hidden: null,
  sinks: [],
  targets: [],
  pointed: null,
  framed: [],
  veilFrom: 5,
};
function paint(more: Partial<Picture> = {}, look: Partial<Inks> = {}) {
  const [under, over] = [recordingPaper(), recordingPaper()];
  paintText(under.paper, over.paper, boxes, { ...picture, ...more }, { ...inks, ...look }, [0, 5]);
  return { under, over };
}

test("units are tinted by their share, up to the intensity; faint ones are not", () => {
  const { under } = paint();
  const { rgb, alpha } = tint("light").unsigned;
  expect(under.of("fill").map((fill) => [fill.fillStyle, fill.globalAlpha])).toEqual([
    [cssColor(rgb), 0.5 * alpha],
    [cssColor(rgb), 0.25 * alpha],
  ]);
});

test("the sign shows without colour: a solid line for what adds, a dashed one for what takes away", () => {
  const { under } = paint({}, { signed: true });
  const { positive, negative } = tint("light");
  expect(under.of("fill").map(({ fillStyle }) => fillStyle)).toEqual(
    [positive.rgb, negative.rgb].map(cssColor),
  );
  expect(under.of("stroke").map(({ dash }) => dash)).toEqual([[], [4, 3]]);
});

test("in forced colours there are bars over the text and no tints", () => {
  const { under, over } = paint({ veilFrom: 0 }, { forced: true });
  expect(under.of("fill")).toEqual([]);
  expect(over.of("stroke").map(({ strokeStyle, dash }) => [strokeStyle, dash])).toEqual([
    ["ink", []],
    ["ink", [4, 3]],
  ]);
  expect(over.of("fillRect")).toEqual([]);
});

test("what comes after the words explained is veiled, hidden units are outlined by dots", () => {
  const { over } = paint({ veilFrom: 3, hidden: Uint8Array.of(1, 0, 0, 0, 0) });
  expect(over.of("fillRect").map(({ fillStyle }) => fillStyle)).toEqual(["ground", "ground"]);
  expect(over.of("stroke").map(({ strokeStyle, dash }) => [strokeStyle, dash])).toEqual([["soft", [2, 2]]]);
});

test("the unit pointed at is framed, unless it is explained", () => {
  expect(
    paint({ framed: [1] })
      .over.of("stroke")
      .map(({ strokeStyle }) => strokeStyle),
  ).toEqual(["ink"]);
  const { under, over } = paint({ framed: [1], targets: [1], values: null });
  expect(over.of("stroke").map(({ strokeStyle }) => strokeStyle)).toEqual(["accent"]);
  expect(under.of("fill").map(({ fillStyle }) => fillStyle)).toEqual(["accentGround"]);
});

test("neighbours on one line share a frame, others do not", () => {
  expect(targetFrames(boxes, [1, 2])).toEqual([{ left: 50, top: 0, width: 90, height: 20 }]);
  expect(targetFrames(boxes, [0, 2])).toHaveLength(2);
  expect(targetFrames(boxes, [3, 4])).toHaveLength(2);
});
