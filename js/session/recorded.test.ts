import { describe, expect, test } from "vitest";
import type { Content } from "./content";
import type { HeadRule } from "./heads";
import { RecordedSession, type Recording } from "./recorded";
import type { ScoreQuery } from "./scores";
import { fixture, numbers, sample } from "./testing";
import type { Numbers } from "./unpack";

const [first, steps, layers, heads] = [3, 4, 2, 3];
const inputs = first + steps - 1;
const content: Content = {
  ...sample,
  tokens: {
    count: inputs + 1,
    start: Array.from({ length: inputs + 1 }, (_, i) => i),
    text: [],
    special: [1],
  },
  inputs,
  steps: { ...sample.steps, first, count: steps },
  layers,
  heads,
};
let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};
const asBytes = (values: Float32Array | Uint16Array | Uint8Array): Numbers =>
  new Uint8Array(values.slice().buffer as ArrayBuffer);

/** weights[layer][head][step][input] */
const weights = Array.from({ length: layers }, () =>
  Array.from({ length: heads }, () =>
    Array.from({ length: steps }, (_, s) => Array.from({ length: first + s }, random)),
  ),
);
const flat = weights.flat(2);
const scale = Float32Array.from(flat, (row) => Math.max(...row));
const signed = Float32Array.from({ length: steps * inputs }, (_, i) =>
  i % inputs < first + Math.floor(i / inputs) ? random() * 4 - 3 : Number.NaN,
);

function record(bits: 8 | 16): Recording {
  const most = 2 ** bits - 1;
  const all = flat.flatMap((row, k) => row.map((w) => Math.round((w / (scale[k] as number)) * most)));
  const data = bits === 16 ? Uint16Array.from(all) : Uint8Array.from(all);
  return {
    v: 1,
    content,
    state: {},
    scores: { input_x_gradient: asBytes(signed) },
    attention: { layers, heads, bits, scale: asBytes(scale), data: asBytes(data) },
    left_out: [],
  };
}

function naive({ layer, heads: some, head_rule }: ScoreQuery, step: number): number[] {
  const chosen = some.length > 0 ? some : [];
  const rows =
    some.length > 0
      ? chosen.map(([l, h]) => weights[l]?.[h]?.[step] as number[])
      : weights
          .filter((_, l) => layer === null || l === layer)
          .flatMap((byHead) => byHead.map((rs) => rs[step] as number[]));
  return Array.from({ length: inputs }, (_, i) => {
    const column = rows.map((row) => row[i] ?? Number.NaN);
    const sum = column.reduce((a, b) => a + b, 0);
    if (head_rule === "median") {
      const sorted = [...column].sort((a, b) => a - b);
      const half = (sorted.length - 1) / 2;
      return ((sorted[Math.floor(half)] as number) + (sorted[Math.ceil(half)] as number)) / 2;
    }
    return head_rule === "max" ? Math.max(...column) : head_rule === "sum" ? sum : sum / column.length;
  });
}

const near = (got: Iterable<number>, wanted: readonly number[], error: number) => {
  const values = [...got];
  expect(values).toHaveLength(wanted.length);
  values.forEach((v, i) => {
    if (Number.isNaN(wanted[i])) expect(v).toBeNaN();
    else expect(Math.abs(v - (wanted[i] as number))).toBeLessThan(error);
  });
};

describe.each([
  [16, 1e-4],
  [8, 0.02],
] as const)("attention kept in %i bits", (bits, error) => {
  const session = new RecordedSession(record(bits));
  const attention = (part: Partial<ScoreQuery>): ScoreQuery => ({
    method: "attention",
    layer: null,
    heads: [],
    head_rule: "mean",
    ...part,
  });

  test.each(["mean", "median", "sum", "max"] as HeadRule[])("rows by %s", async (head_rule) => {
    for (const part of [
      {},
      { layer: 1 },
      { heads: [[0, 2]] },
      {
        heads: [
          [0, 0],
          [1, 2],
        ],
      },
    ] as Partial<ScoreQuery>[]) {
      const chosen = attention({ ...part, head_rule });
      const many = 6 * error;
      near(await session.scores(chosen, [3, 0]), [...naive(chosen, 3), ...naive(chosen, 0)], many);
      const column = [0, 1, 2, 3].map((s) => naive(chosen, s)[4] as number);
      near(await session.column(chosen, 4), column, many);
    }
  });
});

test("notes as they are in the file", () => {
  const session = new RecordedSession({ ...record(16), notes: { saliency: [null, "so much is left over"] } });
  const chosen: ScoreQuery = { method: "saliency", layer: null, heads: [], head_rule: "mean" };
  expect([0, 1].map((step) => session.note(chosen, step))).toEqual([null, "so much is left over"]);
  expect(session.note({ ...chosen, method: "input_x_gradient" }, 1)).toBeNull();
});

test("labels read no label", async () => {
  const labels: Content = { ...content, inputs: first, steps: { ...content.steps, first, count: 2 } };
  const quanta = Uint8Array.from([255, 51, 0, 255, 0, 102, 0, 255, 51, 102, 0, 255]);
  const attention = {
    layers: 1,
    heads: 2,
    bits: 8,
    scale: asBytes(Float32Array.of(0.5, 1, 1, 0.5)),
  } as const;
  const session = new RecordedSession({
    ...record(8),
    content: labels,
    attention: { ...attention, data: asBytes(quanta) },
  });
  const chosen: ScoreQuery = { method: "attention", layer: null, heads: [[0, 1]], head_rule: "mean" };
  near(await session.scores(chosen, [0, 1]), [0, 1, 0.2, 0.2, 0, 0.5], 1e-6);
  near(await session.column({ ...chosen, heads: [[0, 0]] }, 2), [0, 0.4], 1e-6);
});

test("cross-attention is twice what the source has of the attention to all", async () => {
  const whole = record(16);
  const base = { ...(sample.methods[0] as (typeof sample.methods)[number]), attention: true };
  const methods = [
    { ...base, name: "attention" },
    { ...base, name: "cross_attention", source: 2 },
  ];
  const session = new RecordedSession({ ...whole, content: { ...content, methods } });
  for (const head_rule of ["mean", "max"] as HeadRule[]) {
    const query = { layer: 1, heads: [], head_rule };
    const all = await session.scores({ ...query, method: "attention" }, [2]);
    const cross = await session.scores({ ...query, method: "cross_attention" }, [2]);
    expect([...cross]).toEqual([...all].map((weight, i) => (i < 2 ? 2 * weight : Number.NaN)));
  }
});

test("scores as they are in the file", async () => {
  const session = new RecordedSession(record(16));
  const chosen: ScoreQuery = { method: "input_x_gradient", layer: null, heads: [], head_rule: "mean" };
  expect([...(await session.scores(chosen, [2]))]).toEqual([...signed.subarray(2 * inputs, 3 * inputs)]);
});

test("a map within half a quantum", async () => {
  const session = new RecordedSession(record(16));
  const map = await session.map({ method: "input_x_gradient", layer: null, heads: [], head_rule: "mean" });
  expect(map).toMatchObject({ rows: steps, cols: inputs, pool: [1, 1], signed: true });
  const back = Array.from(map.values, (q) => (q === 255 ? Number.NaN : (map.high * (q - 127)) / 127));
  near(back, [...signed], map.high / 254 + 1e-6);
});

test("a long row is pooled by the largest magnitude, and its outliers are off the scale", async () => {
  const count = 2501;
  const row = Float32Array.from({ length: count - 1 }, (_, i) => (i === 1999 ? -7 : i === 3 ? 2 : 0.1));
  const session = new RecordedSession({
    ...record(16),
    content: {
      ...content,
      tokens: { ...content.tokens, count },
      inputs: count - 1,
      steps: { ...content.steps, first: count - 1, count: 1 },
    },
    scores: { input_x_gradient: asBytes(row) },
    attention: null,
  });
  const map = await session.map({ method: "input_x_gradient", layer: null, heads: [], head_rule: "mean" });
  expect(map).toMatchObject({ rows: 1, cols: 834, pool: [1, 3], greatest: 7 });
  expect(map.high).toBeCloseTo(0.1, 6); // one in a hundred may be beyond it
  expect(map.values[666]).toBe(0);
  expect(map.values[1]).toBe(254);
  expect(map.values[5]).toBe(254);
});

test("what the page does not carry is a sentence", async () => {
  const session = new RecordedSession({ ...record(16), attention: null });
  await expect(
    session.scores({ method: "saliency", layer: null, heads: [], head_rule: "mean" }, [0]),
  ).rejects.toThrow("does not carry");
  await expect(session.heads([0], null)).rejects.toThrow("attention");
});

describe("the examples both sides agree on", () => {
  const { planted } = fixture;
  const bytes = (rows: readonly (readonly (number | "NaN")[])[]) =>
    asBytes(Float32Array.from(rows.flatMap((row) => numbers(row))));
  const first = fixture.content.steps.first;
  const byHead = [0, 1].flatMap((l) =>
    [0, 1].flatMap((h) => planted.attention.map((step) => step[l]?.[h] ?? [])),
  );
  const seen = byHead.map((row, k) => numbers(row).slice(0, first + (k % planted.attention.length)));
  const largest = seen.map((row) => Math.max(...row));
  const session = new RecordedSession({
    v: 1,
    content: fixture.content,
    state: {},
    scores: { saliency: bytes(planted.saliency), input_x_gradient: bytes(planted.input_x_gradient) },
    attention: {
      layers: 2,
      heads: 2,
      bits: 16,
      scale: asBytes(Float32Array.from(largest)),
      data: asBytes(
        Uint16Array.from(
          seen.flatMap((row, k) => row.map((w) => Math.round((65535 * w) / (largest[k] as number)))),
        ),
      ),
    },
    checks: [{ steps: [0, 1], inputs: [1], lowest: [2], numbers: [0.25, 0.0625, 0.125, 0.25] }],
    left_out: [],
  });

  test("a check that was made is there, whatever stays unmasked in the question", async () => {
    const known = { inputs: [1], probability: 0.25, without: 0.0625, others: [0.125, 0.25], lowest: [2] };
    expect([session.checked([0, 1], [1]), session.checked([0, 1], [0, 1])]).toEqual([known, known]);
    expect([session.checked([0, 1], [2]), session.checked([1], [1])]).toEqual([null, null]);
    await expect(session.check()).rejects.toThrow("needs the model");
  });

  test("layers are carried in 16 bits, with their rivals", async () => {
    const example = fixture.requests.find(({ request }) => request.args.ids);
    const values = numbers(example?.answer.values ?? []);
    const [width, words] = [8, example?.answer.meta.words as string[]];
    const whole = (i: number) => [1, 2, 4].includes(i % width);
    const data = asBytes(Uint16Array.from(values, (v, i) => (whole(i) ? v : Math.round(65_535 * v))));
    // One step: the second of the example stands for the first.
    const steps = { ...fixture.content.steps, count: 1 };
    const page = new RecordedSession({
      v: 1,
      content: { ...fixture.content, steps },
      state: {},
      scores: {},
      attention: null,
      lens: { layers: 2, top: 2, rivals: 2, words, data },
      left_out: [],
    });
    const [lens] = await page.lens([0]);
    expect([lens?.words, [...(lens?.rank ?? [])]]).toEqual([
      [" the", " a", " a", " 東"],
      [3, 2],
    ]);
    near(lens?.said ?? new Float32Array(), [0.0625, 0.25], 1e-5);
    near(lens?.p ?? new Float32Array(), [0.625, 0.25, 0.5, 0.25], 1e-5);
    near(lens?.rivals ?? new Float32Array(), [0.25, 0.625, 0.5, 0.125], 1e-5);
    expect(session.knownLens(0)).toBeNull();
    await expect(session.lens([0])).rejects.toThrow("needs the model");
  });

  const here = ({ op, args }: { op: string; args: Record<string, unknown> }) =>
    ["scores", "column", "map"].includes(op) && !args.foil;
  const carried = fixture.requests.filter(({ request }) => here(request));
  test.each(carried.map((example) => [example.name, example] as const))("%s", async (_, example) => {
    const { op, args } = example.request;
    const { steps, input, ...rest } = args;
    const query = rest as unknown as ScoreQuery;
    const values = numbers(example.answer.values);
    if (op === "map") {
      const { values: drawn, ...meta } = await session.map(query);
      expect(meta).toEqual(example.answer.meta);
      expect([...drawn]).toEqual(values);
    } else if (op === "scores") near(await session.scores(query, steps as number[]), values, 3e-5);
    else near(await session.column(query, input as number), values, 3e-5);
  });
});
