// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { mountChart, rivalsOf } from "./chart";

const lens = { layers: 4, seconds: 0 };
const alternatives = [
  ["a", "b", "c", "d", "e"].map((text, k) => [` ${text}`, 0.1, k] as const),
  [[" was", 0.125, 7] as const],
];

test("the likeliest alternatives are the rivals, and the foil takes the place of the last", () => {
  const { state } = setUp();
  const content = { ...state.content.value, steps: { ...state.content.value.steps, alternatives } };
  const names = (foil: Parameters<typeof rivalsOf>[2]) => rivalsOf(content, 0, foil).map(([text]) => text);
  expect(names(null)).toEqual([" a", " b", " c", " d"]);
  expect(names({ step: 0, ids: [9], text: " z" })).toEqual([" a", " b", " c", " z"]);
  expect(names({ step: 0, ids: [2], text: " c" })).toEqual([" a", " b", " c", " d"]);
  expect(names({ step: 0, ids: [9, 8], text: " zz" })).toEqual([" a", " b", " c", " d"]);
});

test("the word held has a line of its own and one for each rival", async () => {
  const { state, session, ctx, host } = setUp({ lens });
  mountChart(host, ctx);
  const chart = host.querySelector<HTMLElement>(".chart") as HTMLElement;
  expect(chart.hidden).toBe(true);
  state.held.value = [0];
  await settle(350);
  expect(session.lens.mock.calls.map(([steps, , ids]) => [steps, ids])).toEqual([[[0], [7]]]);
  expect(chart.hidden).toBe(false);
  expect(chart.querySelector("p")?.textContent).toContain("p of is and of its rivals");
  const lines = [...chart.querySelectorAll(".chart > svg .w0, .chart > svg .w1")];
  expect(lines.map((line) => line.getAttribute("points")?.split(" ").length)).toEqual([4, 4]);
  expect([...chart.querySelectorAll("li")].map((item) => item.textContent)).toEqual(["is.750", "was.125"]);
});

test("nothing is read while the view is closed", async () => {
  const { state, session, ctx, host } = setUp({ lens });
  mountChart(host, { ...ctx, open: { ...ctx.open, value: false } as never });
  state.held.value = [0];
  await settle(350);
  expect(session.lens).not.toHaveBeenCalled();
});
