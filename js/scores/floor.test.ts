// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { settle, setUp } from "../testing";
import { scaleFloor } from "./floor";

test("scores that are about 0 by construction end far below their colour scale", async () => {
  const t = setUp();
  t.state.held.value = [0];
  await settle();
  const before = t.ctx.scores.shown.value?.high as number;
  expect(before).toBeLessThan(1);
  t.session.note.mockReturnValue("About 0 by construction: the scale of an embedding does not change it.");
  t.state.held.value = [1];
  await settle();
  expect(t.ctx.scores.shown.value).toMatchObject({ high: 1, greatest: 0.5 });
});

test("other notes leave the scale alone", () => {
  const t = setUp();
  const query = { method: "saliency", layer: null, heads: [], head_rule: "mean" } as const;
  t.session.note.mockReturnValue("completeness residual 3 %");
  expect(scaleFloor(t.session, query, [0, 1])).toBe(0);
});
