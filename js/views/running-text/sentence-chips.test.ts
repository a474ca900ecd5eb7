// @vitest-environment happy-dom
import { effect, signal } from "@preact/signals-core";
import { afterEach, expect, test, vi } from "vitest";
import { restsInfo } from "../../panels/rests/testing";
import { press, setUp } from "../../testing";
import { Boxes } from "./boxes";
import { buildText } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";
import type { Page } from "./page";
import { followSentences } from "./sentence-chips";

afterEach(() => document.body.replaceChildren());

function open(over: object = {}) {
  const t = setUp({ rests: restsInfo, ...over });
  const built = buildText(t.state.content.value, false);
  t.host.append(built.list);
  const folds = new Folds(built.units, built.folds, t.end.signal);
  const follow = (body: () => void) => t.end.signal.addEventListener("abort", effect(body));
  const input = new TextInput(built, folds, new Boxes(), t.ctx, t.end.signal);
  const moved = vi.fn();
  const page = { built, folds, follow, moved, end: t.end.signal, measured: signal(0) };
  followSentences(page as unknown as Page, t.ctx);
  const chips = () => [...built.list.querySelectorAll<HTMLElement>(".chip")];
  return { ...t, built, input, chips, moved };
}

test("they stand behind the last word of their sentence once the numbers are there", () => {
  const t = open();
  expect(t.chips()).toEqual([]);
  expect(t.moved).not.toHaveBeenCalled();
  t.state.falls.value = Float32Array.of(0.2, 0.6, 0, 0.05);
  expect(t.chips().map((chip) => chip.textContent)).toEqual(["[2] 75 %", "[1] 25 %"]);
  expect(t.built.units[2]?.nextElementSibling?.contains(t.chips()[1] as Node)).toBe(true);
  expect(t.built.units[3]?.nextElementSibling?.textContent).toBe("no document alone");
  expect(t.moved).toHaveBeenCalledOnce();
  t.state.falls.value = null;
  expect(t.chips()).toEqual([]);
  t.end.abort();
});

test("a click or Enter marks the document, and lets go; the word stays as it was", () => {
  const t = open();
  t.state.falls.value = Float32Array.of(0.2, 0.6, 0, 0.9);
  const [first, second, other] = t.chips() as [HTMLElement, HTMLElement, HTMLElement];
  first.click();
  expect(t.state.lit.value?.slice(0, 2)).toEqual([1, 2]);
  expect(t.state.sought.value).toEqual([1]);
  expect(t.state.held.value).toEqual([]);
  // The second sentence rests on the same document, with another share.
  expect([first, second, other].map((chip) => chip.getAttribute("aria-selected"))).toEqual([
    "true",
    "false",
    "false",
  ]);
  press(first, "Enter");
  expect(t.state.lit.value).toBeNull();
  t.end.abort();
});

test("arrows lead from the last word through its chips, and on", () => {
  const t = open();
  t.state.falls.value = Float32Array.of(0.2, 0.6, 0, 0.05);
  const [first, second] = t.chips();
  const word = t.built.units[2] as HTMLElement;
  word.click();
  const go = (key: string) => press(document.activeElement as Element, key);
  const at = () => document.activeElement;
  go("ArrowRight");
  expect(at()).toBe(first);
  go("ArrowRight");
  expect(at()).toBe(second);
  go("ArrowLeft");
  go("ArrowLeft");
  expect(at()).toBe(word);
  go("ArrowRight");
  go("ArrowRight");
  go("ArrowRight");
  expect(at()).toBe(t.built.units[3]);
  t.end.abort();
});

test("where a unit holds more than its sentence there are none", () => {
  const t = open({ tokens: { count: 4, start: [0, 1], text: ["<s>", " Paris is 東"], special: [0] } });
  t.state.falls.value = Float32Array.of(0.2, 0.6, 0, 0.9);
  expect(t.chips()).toEqual([]);
  t.end.abort();
});
