// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Content } from "../../session/content";
import { headShares, setUp } from "../../testing";
import { type Fed, followHeads, rest } from "./follow";

let t: ReturnType<typeof setUp>;
const show = vi.fn<(fed: Fed) => void>();
const asked = () => t.session.heads.mock.calls.map((call) => (call as unknown[]).slice(0, 3));
const wait = (ms = 1) => vi.advanceTimersByTimeAsync(ms);
const start = (over: Partial<Content> = {}) => {
  t = setUp(over);
  followHeads(t.ctx, show);
};
beforeEach(() => {
  vi.useFakeTimers();
  show.mockClear();
});
afterEach(() => {
  t.end.abort();
  vi.useRealTimers();
});

test("a word held is asked for at once, and its foil with it", async () => {
  start();
  t.state.held.value = [1];
  await wait();
  expect(asked()).toEqual([[[1], null, null]]);
  expect(show.mock.lastCall?.[0]).toMatchObject({ steps: [1], given: { of: null } });
  t.state.foil.value = { step: 1, ids: [7], text: " was" };
  await wait();
  expect(asked().at(-1)).toEqual([[1], null, [7]]);
});

test("a word pointed at is asked for once the pointer rests", async () => {
  start();
  for (const step of [0, 1, 0, 1]) {
    t.state.hoveredSteps.value = [step];
    await wait(rest - 100);
  }
  expect(asked()).toEqual([]);
  await wait(rest);
  expect(asked()).toEqual([[[1], null, null]]);
});

test("with nothing held, the mean of the answer", async () => {
  start();
  await wait(rest);
  expect(asked()).toEqual([[[0, 1], null, null]]);
  expect(show.mock.lastCall?.[0].steps).toEqual([]);
});

test("what one input gives is asked for after what all give", async () => {
  start();
  t.state.held.value = [1];
  t.state.hoveredInput.value = 2;
  await wait();
  expect(asked()).toEqual([
    [[1], null, null],
    [[1], 2, null],
  ]);
  expect(show.mock.lastCall?.[0].given?.of).toBe(2);
});

test("what is known is shown at once, and another word ends the question", async () => {
  start();
  t.state.held.value = [0];
  const [, , , options] = (t.session.heads.mock.lastCall ?? []) as [
    unknown,
    unknown,
    unknown,
    { signal: AbortSignal }?,
  ];
  await wait();
  t.session.knownHeads.mockReturnValue(headShares(4));
  t.state.held.value = [1];
  expect(show.mock.lastCall?.[0]).toMatchObject({ steps: [1], given: { reading: "gradient" } });
  expect(options?.signal.aborted ?? true).toBe(true);
});

test("an error is told, and a model without attention asks nothing", async () => {
  start();
  t.session.heads.mockRejectedValue(new Error("Python failed."));
  t.state.held.value = [1];
  await wait();
  expect(show.mock.lastCall?.[0].trouble).toBe("Python failed.");
  t.end.abort();
  start({ layers: 0, heads: 0 });
  t.state.held.value = [1];
  await wait(rest);
  expect(t.session.heads).not.toHaveBeenCalled();
});
