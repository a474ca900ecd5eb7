import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Asked } from "./answers";
import type { Change, Tried } from "./changes";
import type { Check } from "./checks";
import type { Foil } from "./foil";
import type { Glance, HeadShares } from "./heads";
import { type KernelSession, kernelSession } from "./kernel";
import type { StepLens } from "./lens";
import type { ScoreMap, ScoreQuery } from "./scores";
import { encode, FakeChannel, fixture, numbers } from "./testing";

const saliency: ScoreQuery = { method: "saliency", layer: null, heads: [], head_rule: "mean" };
const inputs = fixture.content.inputs;
let channel: FakeChannel;
let frames: (() => void)[];
let session: KernelSession;

const nextFrame = () => {
  for (const frame of frames.splice(0)) frame();
};
/** The numbers of a lens as they were sent. */
const numbersOf = ({ top, said, rank, words, p, rivals }: StepLens, table: string[]): number[] =>
  [...said].flatMap((own, layer) => [
    own,
    rank[layer] as number,
    ...Array.from({ length: top }, (_, j) => layer * top + j).flatMap((at) => [
      table.indexOf(words[at] as string),
      p[at] as number,
    ]),
    ...rivals.slice((layer * rivals.length) / said.length, ((layer + 1) * rivals.length) / said.length),
  ]);
const idOf = (n: number) => {
  const message = channel.sent[n] as { id?: string; requests?: { id: string }[] };
  return message.id ?? (message.requests as { id: string }[])[0]?.id;
};
const say = (id: unknown, meta: object, values: readonly (number | "NaN")[]) =>
  channel.answer({ v: 1, id, ok: true, meta }, [encode("float32", values)]);

beforeEach(() => {
  vi.useFakeTimers();
  channel = new FakeChannel();
  frames = [];
  session = kernelSession(channel, () => inputs, { frame: (send) => frames.push(send), silence: 1000 });
});
afterEach(() => void vi.useRealTimers());

describe("the messages both sides agree on", () => {
  test.each(fixture.requests.map((example) => [example.name, example] as const))("%s", async (_, example) => {
    const { op, args } = example.request;
    const { step, text, steps, input, inputs: masked, ids, ...rest } = args;
    const query = rest as unknown as ScoreQuery;
    const foil = (args.foil ?? null) as number[] | null;
    const lens = () => session.lens(steps as number[], undefined, ids as number[] | undefined);
    type Answer =
      | Float32Array
      | ScoreMap
      | HeadShares
      | Foil
      | Glance
      | Check
      | Tried
      | Asked
      | readonly string[]
      | readonly StepLens[];
    const ask: Record<string, () => Promise<Answer>> = {
      lens,
      scores: () => session.scores(query, steps as number[]),
      column: () => session.column(query, input as number),
      map: () => session.map(query),
      glance: () => session.glance(args.rows as number, args.cols as number),
      head_map: () => {
        const head = [args.layer as number, args.head as number] as const;
        return session.headMap(args.part as string, head, args.rows as number, args.cols as number);
      },
      foil: () => session.foil(step as number, text as string),
      check: () => session.check(steps as number[], masked as number[]),
      try: () => session.changes.try(step as number, args.changes as Change[]),
      likely: () => session.changes.likely(args.start as number, args.end as number),
      heads: () => session.heads(steps as number[], input as number | null, foil),
    };
    const asked = ask[op]?.() ?? session.ask(op, args);
    nextFrame();
    expect(channel.sent).toEqual([{ ...example.request, id: expect.any(String) }]);
    const { meta, dtype, values } = example.answer;
    channel.answer({ v: 1, id: idOf(0), ok: true, meta }, [encode(dtype, values)]);
    const answer = await asked;
    const notes = (meta.notes ?? []) as (string | null)[];
    const sums = (meta.sums ?? []) as (readonly number[] | null)[];
    for (const [k, step] of ((steps ?? []) as number[]).entries()) {
      expect(session.note(query, step)).toBe(notes[k] ?? null);
      expect(session.sums(query, step)).toEqual(sums[k] ?? null);
    }
    if (!(op in ask)) expect(answer).toEqual({ meta, numbers: Float32Array.from(numbers(values)) });
    else if (!answer || answer instanceof Float32Array) expect([...(answer ?? [])]).toEqual(numbers(values));
    else if (op === "lens") {
      const lenses = answer as readonly StepLens[];
      expect(lenses.flatMap((one) => numbersOf(one, meta.words as string[]))).toEqual(numbers(values));
      if (!ids) expect(session.knownLens((steps as number[])[0] as number)).toBe(lenses[0]);
    } else if (op === "glance") {
      const { rows, cols, high } = meta;
      expect(answer).toEqual({ rows, cols, high, values: Uint8Array.from(numbers(values)) });
    } else if (op === "foil") expect(answer).toEqual(meta);
    else if (op === "likely") expect(answer).toEqual(meta.words);
    else if (op === "try") {
      const [nats, ...p] = numbers(values);
      const words = (meta.words as string[]).map((word, k) => [word, p[2 * k], p[2 * k + 1]]);
      expect(answer).toEqual({ words, nats, answer: meta.answer });
    } else if (op === "heads") {
      const { rows, cols, ...told } = meta;
      expect(answer).toEqual({ ...told, of: input, shares: Float32Array.from(numbers(values)) });
      expect(session.knownHeads(steps as number[], input as number | null, foil)).toBe(answer);
    } else if (op === "check") {
      const [probability, without, ...others] = numbers(values);
      expect(answer).toEqual({ inputs: meta.inputs, probability, without, others, lowest: meta.lowest });
      expect(session.checked(steps as number[], masked as number[])).toEqual(answer);
    } else
      expect({ ...(answer as ScoreMap), values: [...(answer as ScoreMap).values] }).toEqual({
        ...meta,
        values,
      });
  });

  test("requests of one frame travel together", () => {
    void session.scores(saliency, [0]);
    void session.heads([0], null, null);
    nextFrame();
    const { requests, ...rest } = fixture.batch;
    expect(channel.sent).toEqual([
      { ...rest, requests: requests.map((r) => ({ ...r, id: expect.any(String) })) },
    ]);
  });

  test("an error is a sentence", async () => {
    const asked = session.map(saliency);
    nextFrame();
    channel.answer({ ...fixture.errors[0]?.answer, id: idOf(0) });
    await expect(asked).rejects.toThrow("There is no method 'magic'");
  });

  test("progress, then the answer", async () => {
    const onProgress = vi.fn();
    const asked = session.column(saliency, 1, { onProgress });
    nextFrame();
    channel.answer({ ...fixture.progress, id: idOf(0) });
    expect(onProgress).toHaveBeenCalledWith(1, 2);
    say(idOf(0), { rows: 2 }, [1, 2]);
    expect([...(await asked)]).toEqual([1, 2]);
  });

  test("giving up tells the kernel, and the stale answer is dropped", async () => {
    const giveUp = new AbortController();
    const asked = session.column(saliency, 1, { signal: giveUp.signal });
    nextFrame();
    giveUp.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    expect(channel.sent.at(-1)).toEqual({ ...fixture.cancel, id: idOf(0) });
    say(idOf(0), { rows: 2 }, [1, 2]);
    void session.column(saliency, 1);
    nextFrame();
    expect(channel.sent).toHaveLength(3);
  });
});

test("what was given up before its frame is never sent", async () => {
  const giveUp = new AbortController();
  const asked = session.column(saliency, 1, { signal: giveUp.signal });
  giveUp.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  nextFrame();
  expect(channel.sent).toEqual([]);
});

test("one request serves all who ask, until the last gives up", async () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const first = session.column(saliency, 0, { signal: one.signal });
  const second = session.column(saliency, 0, { signal: two.signal });
  nextFrame();
  one.abort();
  await expect(first).rejects.toMatchObject({ name: "AbortError" });
  expect(channel.sent).toHaveLength(1);
  say(idOf(0), { rows: 2 }, [3, 4]);
  expect([...(await second)]).toEqual([3, 4]);
});

test("rows are kept one by one", async () => {
  const both = session.scores(saliency, [0, 1]);
  nextFrame();
  say(idOf(0), { rows: 2, cols: 3 }, [1, "NaN", "NaN", 2, 3, "NaN"]);
  await both;
  expect([...(await session.scores(saliency, [1]))]).toEqual([2, 3, Number.NaN]);
  expect(frames).toEqual([]);
  void session.scores({ ...saliency, method: "attention" }, [1]);
  nextFrame();
  expect(channel.sent).toHaveLength(2);
  expect(session.known(saliency, 99)).toBeNull();
});

test("a long span is asked for in answers under 512 kB", async () => {
  const wide = kernelSession(channel, () => 100_000, { frame: (send) => send(), silence: 1000 });
  const asked = wide.scores(saliency, [0, 1]);
  const row = new Float32Array(100_000);
  for (let n = 0; n < 2; n++) {
    expect(channel.sent[n]).toMatchObject({ args: { steps: [n] } });
    channel.answer({ v: 1, id: idOf(n), ok: true, meta: { rows: 1, cols: 100_000 } }, [row.buffer]);
    await Promise.resolve();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect((await asked).length).toBe(200_000);
});

test("a kernel that keeps telling how far it is may take as long as it likes", async () => {
  const asked = session.column(saliency, 0);
  nextFrame();
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(900);
    channel.answer({ v: 1, id: idOf(0), op: "progress", done: n, total: 10 });
  }
  say(idOf(0), { rows: 2 }, [1, 2]);
  expect([...(await asked)]).toEqual([1, 2]);
});

test("a silent kernel is an error, and a late answer still serves the next question", async () => {
  const asked = session.column(saliency, 0);
  nextFrame();
  vi.advanceTimersByTime(1001);
  await expect(asked).rejects.toThrow("Python has not answered");
  say(idOf(0), { rows: 2 }, [5, 6]);
  expect([...(await session.column(saliency, 0))]).toEqual([5, 6]);
  expect(channel.sent).toHaveLength(1);
});

test("a closed connection is an error", async () => {
  channel.send = () => {
    throw new Error("closed");
  };
  const asked = session.column(saliency, 0);
  nextFrame();
  await expect(asked).rejects.toThrow("The connection to Python is gone");
});

test("an answer of the wrong size, or without its numbers, is an error", async () => {
  const short = session.column(saliency, 0);
  nextFrame();
  say(idOf(0), { rows: 2 }, [1]);
  await expect(short).rejects.toThrow("4 bytes instead of 8");
  const bare = session.column(saliency, 1);
  nextFrame();
  channel.answer({ v: 1, id: idOf(1), ok: true, meta: { rows: 2 } });
  await expect(bare).rejects.toThrow("did not arrive");
});

test("messages of others and malformed ones are ignored", () => {
  for (const message of [null, 3, "x", {}, { id: 4 }, { id: "other", ok: true }]) channel.answer(message);
});

test("clearing ends what is under way and forgets the rest", async () => {
  const asked = session.column(saliency, 0);
  nextFrame();
  session.clear();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  say(idOf(0), { rows: 2 }, [1, 2]);
  void session.column(saliency, 0);
  nextFrame();
  expect(channel.sent).toHaveLength(3);
});

test("what heads give to the steps on show is known without asking", () => {
  const text = (values: number[]) =>
    btoa(String.fromCharCode(...new Uint8Array(Float32Array.from(values).buffer)));
  const query = { method: "saliency", layer: null, heads: [], head_rule: "mean" } as const;
  const heads = { reading: "gradient", sinks: [], top: [], shares: text([0.25, 0.75]) } as const;
  const session = kernelSession({ gone: true, send: () => {}, listen: () => {} }, () => 3);
  session.remember({ query, steps: [0], rows: text([1, 2, 3]), heads });
  expect(session.knownHeads([0], null, null)).toMatchObject({
    reading: "gradient",
    of: null,
    shares: Float32Array.of(0.25, 0.75),
  });
  expect(session.knownHeads([1], null, null)).toBeNull();
});

test("steps that are read together are one row, with its note, and are asked for once", async () => {
  const asked = session.joined(saliency, [0, 1]);
  nextFrame();
  expect(channel.sent).toMatchObject([{ op: "scores", args: { ...saliency, steps: [0, 1], joined: true } }]);
  say(idOf(0), { rows: 1, cols: 3, notes: ["both by one"] }, [1, 2, 3]);
  expect([...(await asked)]).toEqual([1, 2, 3]);
  expect(session.note(saliency, [0, 1])).toBe("both by one");
  expect([session.note(saliency, 0), session.known(saliency, 0)]).toEqual([null, null]);
  expect([...(await session.joined(saliency, [0, 1]))]).toEqual([1, 2, 3]);
  expect(channel.sent).toHaveLength(1);
});
