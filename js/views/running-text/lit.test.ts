// @vitest-environment happy-dom
import { effect } from "@preact/signals-core";
import { afterEach, expect, test } from "vitest";
import { setUp } from "../../testing";
import { buildText } from "./build";
import { followLit } from "./lit";
import type { Page } from "./page";

afterEach(() => document.body.replaceChildren());

test("the tokens of a chip are marked, and no longer once it is let go", () => {
  const { ctx, state, end } = setUp();
  const built = buildText(state.content.value, false);
  const follow = (body: () => void) => end.signal.addEventListener("abort", effect(body));
  followLit({ built, follow } as unknown as Page, ctx);
  const marked = () => built.units.map((element) => element.classList.contains("lit"));
  state.lit.value = [1, 3, 0.5, "a"];
  expect(marked()).toEqual([false, true, true, false]);
  expect(built.units[1]?.style.backgroundColor).not.toBe("");
  state.lit.value = [0, 1, 1, "b"];
  expect(marked()).toEqual([true, false, false, false]);
  expect(built.units[1]?.style.backgroundColor).toBe("");
  state.lit.value = null;
  expect(marked()).not.toContain(true);
  end.abort();
});
