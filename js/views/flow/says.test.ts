// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { Folds } from "../running-text/folds";
import type { Page } from "../running-text/page";
import type { Arc, Arcs } from "./arcs";
import type { Route } from "./routes";
import { counted, endText } from "./says";

const t = setUp();
const folds = new Folds([], [], t.end.signal);
const arc = { from: 1, to: 3, number: 0.5, share: 1, negative: false, head: -1, sink: false } as const;
const route = (outside: boolean, ...arcs: Arc[]) =>
  ({ arcs, label: { x: 0, y: 0, outside } }) as unknown as Route;
const says = (of: Arcs["of"], at: Route) => endText(at, { of }, { folds }, t.ctx);

test("a number stands alone at its word, and has the word's name or a count where that is out of sight", async () => {
  t.state.held.value = [1];
  await settle();
  expect(says("word", route(false, arc))).toBe(".500");
  expect(says("word", route(true, arc))).toBe("Paris .500");
  expect(says("input", route(true, arc))).toBe("東 .500");
  expect(says("word", route(true, arc, { ...arc, from: 0, number: 0.125 }))).toBe("2 inputs .625");
});

test("of the inputs that have a number, those with an arc are counted, the sink not", async () => {
  t.state.held.value = [1];
  await settle();
  const shown = t.ctx.scores.shown.value;
  const list = [arc, { ...arc, from: 2 }, { ...arc, from: 0, sink: true }];
  expect(counted({ folds } as unknown as Page, shown, { list })).toEqual([2, 3]);
  expect(counted({ folds } as unknown as Page, null, { list })).toEqual([0, 0]);
});
