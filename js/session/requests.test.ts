import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Reply, Requests } from "./requests";
import { FakeChannel } from "./testing";

let channel: FakeChannel;
let requests: Requests;
let frames: (() => void)[];
let kept: Reply[];
const keep = (reply: Reply) => void kept.push(reply);
const nextFrame = () => {
  for (const frame of frames.splice(0)) frame();
};
const id = (n: number) => channel.sent[n]?.id;

beforeEach(() => {
  vi.useFakeTimers();
  channel = new FakeChannel();
  frames = [];
  kept = [];
  requests = new Requests(channel, { frame: (send) => frames.push(send), silence: 1000 });
});
afterEach(() => void vi.useRealTimers());

test("one request goes alone, several of one frame go as a batch with ids of their own", () => {
  void requests.ask("map", { layer: 1 }, keep);
  nextFrame();
  expect(channel.sent[0]).toMatchObject({ v: 1, op: "map", args: { layer: 1 } });
  void requests.ask("map", { layer: 2 }, keep);
  void requests.ask("map", { layer: 3 }, keep);
  nextFrame();
  const batch = channel.sent[1] as { op: string; requests: { id: string }[] };
  expect([batch.op, batch.requests.length]).toEqual(["batch", 2]);
  expect(new Set([id(0), ...batch.requests.map((request) => request.id)]).size).toBe(3);
});

test("equal requests share one message and one answer", async () => {
  const both = [requests.ask("map", { layer: 1 }, keep), requests.ask("map", { layer: 1 }, keep)];
  nextFrame();
  channel.answer({ v: 1, id: id(0), ok: true, meta: { rows: 2 } });
  expect((await Promise.all(both)).map((reply) => reply.meta)).toEqual([{ rows: 2 }, { rows: 2 }]);
  expect([channel.sent.length, kept.length]).toEqual([1, 1]);
});

test("a request that nobody waits for is cancelled, before or after it was sent", async () => {
  const giveUp = new AbortController();
  const unsent = requests.ask("map", {}, keep, { signal: giveUp.signal });
  giveUp.abort();
  await expect(unsent).rejects.toMatchObject({ name: "AbortError" });
  nextFrame();
  expect(channel.sent).toEqual([]);
  const again = new AbortController();
  const sent = requests.ask("map", {}, keep, { signal: again.signal });
  nextFrame();
  again.abort();
  await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  expect(channel.sent[1]).toEqual({ v: 1, op: "cancel", id: id(0) });
  await expect(requests.ask("map", {}, keep, { signal: again.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("progress postpones the silence; silence fails the request, and its late answer is kept", async () => {
  const progress = vi.fn();
  const asked = requests.ask("map", {}, keep, { onProgress: progress });
  nextFrame();
  vi.advanceTimersByTime(900);
  channel.answer({ v: 1, id: id(0), op: "progress", done: 1, total: 4 });
  vi.advanceTimersByTime(900);
  expect(progress).toHaveBeenCalledExactlyOnceWith(1, 4);
  vi.advanceTimersByTime(200);
  await expect(asked).rejects.toThrow("has not answered for 1 seconds");
  channel.answer({ v: 1, id: id(0), ok: true, meta: {} });
  expect(kept).toHaveLength(1);
});

test("an answer that cannot be decoded fails the request", async () => {
  const asked = requests.ask("map", {}, () => {
    throw new Error("too short");
  });
  nextFrame();
  channel.answer({ v: 1, id: id(0), ok: true, meta: {} });
  await expect(asked).rejects.toThrow("too short");
});
