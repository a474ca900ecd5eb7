// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { MethodInfo } from "../session/scores";
import { settle, setUp } from "../testing";

let t: ReturnType<typeof setUp>;
const shown = () => t.ctx.scores.shown.value;
const values = () => [...(shown()?.values ?? [])].map((v) => (Number.isNaN(v) ? null : Number(v.toFixed(4))));
beforeEach(() => {
  t = setUp();
});

test("steps under the pointer go before those held, and the held ones stay known", async () => {
  await settle();
  expect(shown()?.steps).toEqual([0, 1]);
  t.state.held.value = [0];
  await settle();
  expect(values()).toEqual([0.25, 0.75, null, null]);
  t.state.hoveredSteps.value = [1];
  await settle();
  expect(values()).toEqual([0.125, 0.5, 0.375, null]);
  expect(t.ctx.scores.held.value?.steps).toEqual([0]);
  t.state.hoveredSteps.value = [];
  expect(values()).toEqual([0.25, 0.75, null, null]);
});

test("several steps are joined by the rule, and hidden units leave with their share", async () => {
  t.state.held.value = [0, 1];
  t.state.options.value = { ...t.state.options.value, hide_special: true };
  await settle();
  expect(values()).toEqual([null, 0.625, 0.1875, null]);
  expect(shown()).toMatchObject({ high: 0.625, hiddenShare: 0.1875, renormalized: false });
  t.state.options.value = { ...t.state.options.value, span_rule: "sum", renormalize: true };
  await settle();
  expect(values()).toEqual([null, 1.5385, 0.4615, null]);
  expect(shown()?.renormalized).toBe(true);
});

test("the answer for steps that are no longer wanted is not shown", async () => {
  let finish: (rows: Float32Array<ArrayBuffer>) => void = () => {};
  t.session.scores.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
  t.state.held.value = [0];
  t.state.held.value = [];
  finish(Float32Array.of(1, 2, 3));
  await settle();
  expect([shown()?.steps, values()]).toEqual([
    [0, 1],
    [0.1875, 0.625, 0.1875, null],
  ]);
});

test("old scores do not stay long under new steps", async () => {
  t.state.held.value = [0];
  await settle();
  t.session.scores.mockImplementationOnce(() => new Promise(() => {}));
  t.state.held.value = [1];
  expect(shown()?.steps).toEqual([0]);
  await settle(100);
  expect(shown()).toBeNull();
});

test("an input under the pointer shows what it gave to each step", async () => {
  t.state.method.value = "attention";
  t.state.hoveredInput.value = 1;
  await settle();
  expect(shown()).toMatchObject({ steps: [], input: 1, high: 0.75 });
  expect(values()).toEqual([null, null, 0.75, 0.5]);
});

test("the column of a gradient method waits until the pointer rests", async () => {
  t.state.hoveredInput.value = 1;
  await settle();
  expect(t.session.column).not.toHaveBeenCalled();
  await settle(200);
  expect(t.session.column).toHaveBeenCalledTimes(1);
});

test("a foil counts where the view explains one step, not where it shows all", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  t.state.foil.value = { step: 0, ids: [7], text: " was" };
  await settle();
  expect(shown()?.query).toMatchObject({ foil: [7] });
  t.state.view.value = "matrix";
  await settle();
  expect(shown()?.query).not.toHaveProperty("foil");
});

test("a note that all steps share is shown, different ones are not", async () => {
  t.session.note.mockReturnValue("the residual is 1 %" as never);
  t.state.held.value = [0, 1];
  await settle();
  expect(shown()?.note).toBe("the residual is 1 %");
  t.session.note.mockReturnValueOnce("another" as never);
  t.state.held.value = [1, 0];
  await settle();
  expect(shown()?.note).toBeNull();
});

test("what leaving one out puts first is told where its known scores part from those shown", async () => {
  const unlike = (row: Float32Array) => Float32Array.from(row, (v) => 1 - v);
  const rows = await t.session.scores({ method: "saliency" } as never, [0]);
  const leftOut = (row: Float32Array | null) =>
    t.session.known.mockImplementation(((query: { method: string }) =>
      query.method === "leave_one_out" ? row : null) as never);
  leftOut(unlike(rows));
  t.state.held.value = [0];
  await settle();
  const asked = { method: "leave_one_out", layer: null, heads: [], head_rule: "mean" };
  expect(t.session.known).toHaveBeenLastCalledWith(asked, 0);
  expect(shown()?.disputed).not.toBeNull();
  leftOut(rows);
  t.state.held.value = [1];
  await settle();
  t.state.held.value = [0];
  await settle();
  expect(shown()?.disputed).toBeNull();
  leftOut(null);
  t.state.held.value = [1];
  await settle();
  expect(shown()?.disputed).toBeNull();
});

test("a character of two tokens does not carry itself", async () => {
  const nan = Number.NaN;
  const tokens = { count: 5, start: [0, 1, 2, 4], text: ["<s>", " Paris", "東", " is"], special: [0] };
  const none = [null, null, null];
  const steps = {
    first: 2,
    count: 3,
    probability: none,
    rank: none,
    entropy: none,
    alternatives: [[], [], []],
  };
  t = setUp({ tokens, inputs: 4, steps }, [
    [0.25, 0.75, nan, nan],
    [0.0625, 0.1875, 0.75, nan],
    [0.25, 0.25, 0.25, 0.25],
  ]);
  t.state.held.value = [0, 1];
  await settle();
  expect(shown()).toMatchObject({ own: [2], greatest: 0.46875 });
});

test("scores that are known are shown at once, and not asked for", async () => {
  t.state.held.value = [0];
  await settle();
  const asked = t.session.scores.mock.calls.length;
  t.session.known.mockReturnValue(Float32Array.of(0.5, 0.25, Number.NaN) as never);
  t.state.held.value = [1];
  expect([shown()?.steps, [...(shown()?.values ?? [])].slice(0, 2)]).toEqual([[1], [0.5, 0.25]]);
  await settle(100);
  expect([shown()?.steps, t.session.scores.mock.calls.length]).toEqual([[1], asked]);
});

test("words held together take one row where two are not there yet", async () => {
  t.end.abort();
  const [method, ...others] = setUp().state.content.peek().methods as [MethodInfo, ...MethodInfo[]];
  t = setUp({ methods: [{ ...method, joins: true }, ...others] });
  const joined = vi.fn(async () => Float32Array.of(0.375, 1.25, 0.375));
  Object.assign(t.session, { joined });
  t.state.held.value = [0, 1];
  await settle();
  expect(joined.mock.lastCall?.slice(0, 2)).toEqual([
    expect.objectContaining({ method: method.name }),
    [0, 1],
  ]);
  expect(values()).toEqual([0.1875, 0.625, 0.1875, null]);
  t.state.options.value = { ...t.state.options.value, span_rule: "sum" };
  await settle();
  expect(values()).toEqual([0.375, 1.25, 0.375, null]);
  // One row is missing, or the view shows every step.
  t.session.scores.mockClear();
  t.session.known.mockImplementation(((_: unknown, step: number) =>
    step === 0 ? Float32Array.of(0.25, 0.75, Number.NaN) : null) as never);
  joined.mockClear();
  t.state.held.value = [1];
  await settle();
  t.state.held.value = [0, 1];
  await settle();
  t.session.known.mockReturnValue(null);
  t.state.view.value = "matrix";
  await settle();
  expect(joined).not.toHaveBeenCalled();
  expect(t.session.scores.mock.lastCall?.[1]).toEqual([0, 1]);
});
