import { effect } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RequestOptions } from "../session/requests";
import { Tasks } from "./tasks";

let end: AbortController;
let tasks: Tasks;
beforeEach(() => {
  vi.useFakeTimers();
  end = new AbortController();
  tasks = new Tasks(end.signal);
});
afterEach(() => void vi.useRealTimers());

/** Work that lasts until it is told to end. */
function work() {
  let finish: (value: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let options: RequestOptions = {};
  const begin = (given: RequestOptions) => {
    options = given;
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      fail = reject;
      given.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
  };
  return {
    begin,
    finish: (v: string) => finish(v),
    fail: (e: Error) => fail(e),
    progress: (d: number, t: number) => options.onProgress?.(d, t),
  };
}

test("short work shows nothing", async () => {
  const short = work();
  const done = tasks.run(short.begin);
  vi.advanceTimersByTime(200);
  expect(tasks.status.value).toEqual({ kind: "idle" });
  short.finish("x");
  expect(await done).toBe("x");
});

test("long work shows how far it is", async () => {
  const long = work();
  const done = tasks.run(long.begin);
  long.progress(1, 4);
  vi.advanceTimersByTime(301);
  expect(tasks.status.value).toEqual({ kind: "working", done: 1, total: 4 });
  long.progress(3, 4);
  expect(tasks.status.value).toEqual({ kind: "working", done: 3, total: 4 });
  long.finish("x");
  await done;
  expect(tasks.status.value).toEqual({ kind: "idle" });
});

test("new work of a lane overtakes the old", async () => {
  const [old, young, other] = [work(), work(), work()];
  const first = tasks.run(old.begin, "a");
  const beside = tasks.run(other.begin, "b");
  const second = tasks.run(young.begin, "a");
  expect(await first).toBeUndefined();
  young.finish("new");
  other.finish("other");
  expect([await second, await beside]).toEqual(["new", "other"]);
});

test("an answer that comes although its work was overtaken is dropped", async () => {
  let finish: (value: string) => void = () => {};
  const deaf = tasks.run(() => new Promise<string>((resolve) => (finish = resolve)), "a");
  void tasks.run(work().begin, "a");
  finish("late");
  expect(await deaf).toBeUndefined();
});

test("a failure is told until the lane works again", async () => {
  const bad = work();
  const done = tasks.run(bad.begin, "a");
  bad.fail(new Error("No such method."));
  expect(await done).toBeUndefined();
  expect(tasks.status.value).toEqual({ kind: "failed", message: "No such method." });
  void tasks.run(work().begin, "a");
  expect(tasks.status.value).toEqual({ kind: "idle" });
});

test("retry runs the effects that asked", async () => {
  const asked = vi.fn(async () => {
    throw new Error("Not now.");
  });
  const stop = effect(() => void tasks.run(asked, "a"));
  await vi.advanceTimersByTimeAsync(0);
  expect(tasks.status.value.kind).toBe("failed");
  tasks.retry();
  expect(asked).toHaveBeenCalledTimes(2);
  stop();
});

test("cancelling stops all work and says so", async () => {
  const one = tasks.run(work().begin, "a");
  tasks.cancel();
  expect(await one).toBeUndefined();
  expect(tasks.status.value).toEqual({ kind: "stopped" });
  tasks.retry();
  expect(tasks.status.value).toEqual({ kind: "idle" });
});

test("the end of the display ends its work", async () => {
  const one = tasks.run(work().begin);
  end.abort();
  expect(await one).toBeUndefined();
});
