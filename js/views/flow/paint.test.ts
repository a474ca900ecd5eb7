import { expect, test } from "vitest";
import { cssColor } from "../../draw/color";
import { hues } from "../../draw/hues";
import { tint } from "../../draw/ramp";
import { recordingPaper } from "../../testing";
import type { Sheet } from "../running-text/page";
import type { Arc } from "./arcs";
import { type Look, paintArcs } from "./paint";
import type { Route } from "./routes";

const colors = tint("light");
const inks = {
  ...colors,
  signed: false,
  forced: false,
  ink: "ink",
  soft: "soft",
  violet: "violet",
  ground: "ground",
};
const route = (from: number, arc: Partial<Arc> = {}, more: Partial<Route> = {}): Route => ({
  curve: [0, 0, 0, 10, 50, 10, 50, 50],
  arcs: [{ from, to: 9, number: 0.1, share: 1, negative: false, head: -1, sink: false, ...arc }],
  edge: 0,
  point: [from * 100, 0],
  label: { x: from * 100, y: 0, outside: false },
  ...more,
});
function paint(routes: Route[], look: Partial<Look> = {}, ink: object = {}, pointed: number | null = null) {
  const [under, over] = [recordingPaper(), recordingPaper()];
  const sheet = {
    under: under.paper,
    over: over.paper,
    picture: { pointed },
    inks: { ...inks, ...ink },
    width: 400,
  };
  const says = ({ arcs: [arc] }: Route) => String(arc?.from);
  paintArcs(sheet as unknown as Sheet, routes, { hues: [], bundle: false, says, ...look });
  return { under, over };
}
const strokes = (...of: Parameters<typeof paint>) => paint(...of).under.of("stroke");

test("strong arcs are plain, the weakest are still seen", () => {
  const [strong, weak] = strokes([route(0), route(1, { share: 0.001 })]);
  expect([strong?.strokeStyle, strong?.globalAlpha]).toEqual([
    cssColor(colors.unsigned.rgb),
    colors.unsigned.alpha,
  ]);
  expect(weak?.globalAlpha as number).toBeGreaterThan(0.4);
});

test("arcs that look alike are one path", () => {
  const { under } = paint(Array.from({ length: 200 }, (_, k) => route(k, { share: (k + 1) / 200 })));
  expect([under.of("bezierCurveTo").length, under.of("stroke").length]).toEqual([200, 8]);
});

test("the sign has a hue and a dash; sinks and arcs to an edge are dotted, those with an arrow", () => {
  const all = [route(0), route(1, { negative: true }), route(2, { sink: true }), route(3, {}, { edge: -1 })];
  const { under, over } = paint(all, {}, { signed: true });
  const [plus, minus, sink, away] = under.of("stroke");
  expect([plus?.strokeStyle, minus?.strokeStyle]).toEqual([
    cssColor(colors.positive.rgb),
    cssColor(colors.negative.rgb),
  ]);
  expect([plus?.dash, minus?.dash, sink?.dash]).toEqual([[], [6, 4], [4, 7]]);
  expect([sink?.strokeStyle, away?.dash]).toEqual(["soft", [4, 7]]);
  expect(over.of("fill")).toHaveLength(1);
});

test("each head has its hue; in forced colours all have that of the text", () => {
  const both = [route(0, { head: 0 }), route(1, { head: 1 })];
  const own = hues("light");
  expect(strokes(both, { hues: own }).map(({ strokeStyle }) => strokeStyle)).toEqual(
    own.slice(0, 2).map(({ rgb }) => cssColor(rgb)),
  );
  expect(strokes(both, { hues: own }, { forced: true })[0]?.strokeStyle).toBe("ink");
});

test("the arc pointed at stands out and keeps its number; the others pale", () => {
  const { under, over } = paint([route(0), route(1)], {}, {}, 1);
  const [other, own] = under.of("stroke").map(({ globalAlpha }) => globalAlpha as number);
  expect(own).toBeGreaterThan(3 * (other as number));
  expect(over.texts()).toEqual(["1"]);
});

test("numbers do not cover one another: the strongest comes first", () => {
  const close = route(1, {}, { label: { x: 8, y: 2, outside: false } });
  expect(paint([route(0), close, route(2)]).over.texts()).toEqual(["0", "2"]);
});
