// @vitest-environment happy-dom
import { computed, effect } from "@preact/signals-core";
import { expect, test } from "vitest";
import type { ViewContext } from "../../context";
import { createScores } from "../../scores/shown-scores";
import { RecordedSession } from "../../session/recorded";
import { fixture, numbers, sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { Folds } from "../running-text/folds";
import type { Page } from "../running-text/page";
import { pictureOf } from "../running-text/picture";
import { followBundle, followHeadRows } from "./rows";

const heads = [
  [0, 0],
  [1, 1],
] as const;

function pageOf(ctx: ViewContext): Page {
  const folds = new Folds([], [], ctx.signal);
  return {
    folds,
    picture: computed(() => pictureOf(folds, ctx)),
    follow: (body: () => void) => effect(body),
  } as unknown as Page;
}

/** A page that carries the fixture's attention. */
function recorded() {
  const t = setUp();
  const rows = [0, 1].flatMap((layer) =>
    [0, 1].flatMap((head) =>
      [0, 1].map((step) =>
        numbers(fixture.planted.attention[step]?.[layer]?.[head] ?? []).slice(0, 2 + step),
      ),
    ),
  );
  const bytes = (values: ArrayBuffer) => new Uint8Array(values);
  const scale = Float32Array.from(rows, (row) => Math.max(...row));
  const data = Uint16Array.from(rows.flatMap((row, k) => row.map((v) => (v / (scale[k] as number)) * 65535)));
  const attention = {
    layers: 2,
    heads: 2,
    bits: 16 as const,
    scale: bytes(scale.buffer),
    data: bytes(data.buffer),
  };
  const session = new RecordedSession({
    v: 1,
    content: sample,
    state: {},
    scores: {},
    attention,
    left_out: [],
  });
  t.state.method.value = "attention";
  const display = { ...t.ctx, session };
  return { ...t, ctx: { ...display, scores: createScores(display) } };
}

test("a page without Python has the rows of each of several heads, the sink left out", async () => {
  const t = recorded();
  const rows = followHeadRows(pageOf(t.ctx), t.ctx);
  t.state.held.value = [1];
  await settle();
  expect(rows.value.value).toEqual([]);
  t.state.heads.value = heads;
  await settle();
  expect(rows.value.of).toBe(t.ctx.scores.shown.value);
  const [first, second] = rows.value.value.map((row) =>
    [...row].slice(0, 3).map((v) => Number(v.toFixed(3))),
  );
  const planted = heads.map(([l, h]) => numbers(fixture.planted.attention[1]?.[l]?.[h] ?? []));
  const sinks = t.ctx.scores.shown.value?.sinks;
  const expected = planted.map((row) => row.map((v, u) => (sinks?.includes(u) ? Number.NaN : v)));
  expect([first, second]).toEqual(expected);
});

test("a kernel is asked for one head at a time, and for none beyond ten", async () => {
  const t = setUp({ layers: 12, heads: 12 });
  followHeadRows(pageOf(t.ctx), t.ctx);
  t.state.method.value = "attention";
  t.state.held.value = [1];
  t.state.heads.value = heads;
  await settle();
  const asked = t.session.scores.mock.calls.map(([query]) => query.heads);
  expect(asked).toContainEqual([[0, 0]]);
  expect(asked).toContainEqual([[1, 1]]);
  const before = t.session.scores.mock.calls.length;
  t.state.heads.value = Array.from({ length: 11 }, (_, head) => [0, head] as const);
  await settle();
  expect(t.session.scores.mock.calls.length).toBe(before + 1);
});

test("with nothing held each word has arcs from its strongest inputs, the sink left out", async () => {
  const t = setUp();
  const bundle = followBundle(pageOf(t.ctx), t.ctx);
  await settle();
  expect(bundle.value.value.map(({ from, to }) => [from, to])).toEqual([
    [1, 2],
    [0, 2],
    [1, 3],
    [2, 3],
  ]);
  expect(bundle.value.value[0]?.share).toBe(1);
  t.state.held.value = [0];
  await settle();
  expect(t.ctx.scores.shown.value).not.toBe(bundle.value.of);
});
