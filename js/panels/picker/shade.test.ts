// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { Content } from "../../session/session";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { followShade } from "./shade";

const cross = { ...(sample.methods[2] as Content["methods"][number]), name: "cross_attention", source: 2 };
const hide = { hide_special: false, hide_first: false, hide_target: false };
let t: ReturnType<typeof setUp>;
let caption: HTMLElement;
const show = vi.fn();
const asked = () => t.session.heads.mock.lastCall?.slice(0, 3);
const start = (over: Partial<Content> = {}) => {
  t = setUp(over);
  caption = document.createElement("p");
  followShade(t.ctx, caption, show);
};
beforeEach(() => void show.mockClear());

test("the shades are those of the steps explained and of the input pointed at", async () => {
  start();
  expect(show).toHaveBeenLastCalledWith(null);
  t.state.held.value = [1];
  await settle();
  expect(asked()).toEqual([[1], null, hide]);
  expect(show).toHaveBeenLastCalledWith(Float32Array.of(0, 0.05, 0.1, 0.15));
  t.state.hoveredInput.value = 1;
  await settle();
  expect(asked()).toEqual([[1], 1, hide]);
  expect(caption.textContent).toContain("gives “Paris”");
});

test("cross-attention leaves the target out, and has twice the weight", async () => {
  start({ source: 2, methods: [...sample.methods, cross] });
  t.state.method.value = "cross_attention";
  t.state.held.value = [1];
  t.state.hoveredInput.value = 2;
  await settle();
  expect(asked()).toEqual([[1], null, { ...hide, hide_target: true }]);
  expect(show).toHaveBeenLastCalledWith(Float32Array.of(0, 0.1, 0.2, 0.3));
  expect(caption.textContent).toContain("in attention");
});

test("a model without attention asks nothing", async () => {
  start({ layers: 0, heads: 0 });
  t.state.held.value = [1];
  await settle();
  expect(t.session.heads).not.toHaveBeenCalled();
});

test("another method without a source does not fetch again", async () => {
  start();
  t.state.held.value = [1];
  await settle();
  t.state.method.value = "input_x_gradient";
  await settle();
  expect(t.session.heads).toHaveBeenCalledTimes(1);
});
