// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { followField, type Loaded } from "./load";

const [busy, show] = [vi.fn(), vi.fn()];
const last = () => show.mock.lastCall?.[0] as Loaded;
function start(over = {}) {
  const t = setUp(over);
  followField({ ...t.ctx, open: t.ctx.allSteps }, busy, show);
  return t;
}
afterEach(() => void vi.clearAllMocks());

test("nothing is fetched while the matrix is closed", async () => {
  const t = start();
  await settle();
  expect(show).not.toHaveBeenCalled();
  t.state.view.value = "matrix";
  await settle();
  expect(show).toHaveBeenCalledTimes(1);
  expect([...(last().field.column(1) ?? [])]).toEqual([0.125, 0.5, 0.375]);
  expect(busy.mock.calls.map(([on]) => on)).toEqual([false, true, false]);
});

test("options that do not change the scores fetch nothing, another method does", async () => {
  const t = start();
  t.state.view.value = "matrix";
  await settle();
  t.state.options.value = { ...t.state.options.value, hide_first: true };
  await settle();
  expect(show).toHaveBeenCalledTimes(1);
  t.state.method.value = "input_x_gradient";
  await settle();
  expect([last().query.method, last().field.signed]).toEqual(["input_x_gradient", true]);
});

test("a long text comes as a pooled map", async () => {
  const count = 60_002;
  const starts = Array.from({ length: count }, (_, i) => i);
  const t = start({
    tokens: { count, start: starts, text: starts.map(String), special: [] },
    inputs: count - 1,
    steps: { ...sample.steps, first: count - 2 },
  });
  const values = new Uint8Array(1024).fill(127);
  t.session.map.mockResolvedValue({
    rows: 1,
    cols: 1024,
    pool: [2, 59],
    low: 0,
    high: 1,
    floor: 0,
    signed: false,
    values,
  });
  t.state.view.value = "matrix";
  await settle();
  expect(t.session.map).toHaveBeenCalledTimes(1);
  expect(last().field.missing([0, 1])).toEqual([0, 1]);
  expect(last().field.high).toBeCloseTo(0.5, 2);
});

test("a field that is outdated when it arrives is not shown", async () => {
  const t = start();
  let finish: (rows: Float32Array<ArrayBuffer>) => void = () => {};
  t.session.scores.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
  t.state.view.value = "matrix";
  t.state.method.value = "attention";
  finish(new Float32Array(6));
  await settle();
  expect(show).toHaveBeenCalledTimes(1);
  expect(last().query.method).toBe("attention");
});
