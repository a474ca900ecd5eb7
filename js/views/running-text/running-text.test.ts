// @vitest-environment happy-dom
import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import type { Inks, Picture } from "./paint";
import { Paper } from "./paper";
import { mountRunningText } from "./running-text";

let t: ReturnType<typeof setUp>;
let draw: ReturnType<typeof vi.spyOn>;
const last = () => draw.mock.lastCall as unknown as [Picture, Inks];
const units = () => [...t.host.querySelectorAll<HTMLElement>(".t")];
beforeEach(() => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  draw = vi.spyOn(Paper.prototype, "draw");
  t = setUp();
  mountRunningText(t.host, t.ctx);
});
afterEach(() => {
  t.end.abort();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("what is explained is drawn: its scores, its frame, and a veil over what comes later", async () => {
  t.state.held.value = [0];
  await settle();
  const [picture, inks] = last();
  expect([...(picture.values ?? [])].slice(0, 2)).toEqual([0.25, 0.75]);
  expect(picture).toMatchObject({ high: 0.75, targets: [2], veilFrom: 3, hidden: null, pointed: null });
  expect([inks.signed, inks.forced]).toEqual([false, false]);
});

test("a signed method is drawn in two colours, hidden units and the unit pointed at are marked", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [1];
  t.state.options.value = { ...t.state.options.value, hide_special: true };
  t.state.hoveredInput.value = 1;
  await settle();
  const [picture, inks] = last();
  expect([inks.signed, picture.pointed, [...(picture.hidden ?? [])]]).toEqual([true, 1, [1, 0, 0, 0]]);
});

test("held units are selected for screen readers", () => {
  t.state.held.value = [1];
  expect(units().map((unit) => unit.getAttribute("aria-selected"))).toEqual([
    "false",
    "false",
    "false",
    "true",
  ]);
});

test("new content has new elements, and the old ones are deaf", () => {
  const old = units();
  t.state.content.value = { ...sample, tokens: { ...sample.tokens, text: ["<s>", " Rome", " was", " x"] } };
  expect(units().map((unit) => unit.textContent)).toEqual(["<s>", "Rome", "was", "x"]);
  old[3]?.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  expect(t.state.held.value).toEqual([]);
});

test("while the view is not shown nothing is drawn; then it is, as things are", async () => {
  const open = signal(false);
  draw.mockClear();
  const host = document.createElement("div");
  t.end.abort();
  t = setUp();
  mountRunningText(host, { ...t.ctx, open });
  t.state.held.value = [0];
  await settle();
  expect(draw).not.toHaveBeenCalled();
  open.value = true;
  expect(last()[0].targets).toEqual([2]);
});

test("what a view adds belongs to a content, and ends with it", () => {
  const ends: AbortSignal[] = [];
  mountRunningText(t.host, t.ctx, ({ end, built }) => {
    ends.push(end);
    expect(built.units).toHaveLength(4);
    return { paint: () => undefined, unitAt: () => null };
  });
  t.state.content.value = { ...sample, model: "other" };
  expect(ends.map(({ aborted }) => aborted)).toEqual([true, false]);
});
