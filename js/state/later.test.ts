import { batch, signal } from "@preact/signals-core";
import { beforeEach, expect, test, vi } from "vitest";
import { followLater } from "./later";

const frame = () => vi.advanceTimersByTimeAsync(40);
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
});

test("it runs at once, then once after the frame in which something changed, and ends", async () => {
  const [a, b, end] = [signal(1), signal(1), new AbortController()];
  const ran: number[] = [];
  const left = vi.fn();
  followLater(() => {
    ran.push(a.value + b.value);
    return left;
  }, end.signal);
  expect(ran).toEqual([2]);
  a.value = 2;
  batch(() => {
    a.value = 3;
    b.value = 4;
  });
  expect([ran, left.mock.calls.length]).toEqual([[2], 1]);
  await frame();
  expect(ran).toEqual([2, 7]);
  b.value = 5;
  end.abort();
  await frame();
  expect([ran, left.mock.calls.length]).toEqual([[2, 7], 2]);
});
