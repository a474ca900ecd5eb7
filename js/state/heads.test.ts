import { beforeEach, describe, expect, test } from "vitest";
import type { Head } from "../session/heads";
import { sample } from "../session/testing";
import { hoverHead, isChosen, moveHead, moveLayer, nextInRing, pickHead, toggled } from "./heads";
import { createState, type State } from "./state";

let state: State;
beforeEach(() => {
  state = createState({ ...sample, layers: 3, heads: 4 });
});

test("layers form a ring with all of them between the last and the first", () => {
  const walk: (number | null)[] = [null];
  for (let i = 0; i < 4; i++) walk.push(nextInRing(walk.at(-1) as number | null, 1, 3));
  expect(walk).toEqual([null, 0, 1, 2, null]);
  expect([nextInRing(null, -1, 3), nextInRing(0, -1, 3)]).toEqual([2, null]);
});

describe("a click", () => {
  const a: Head = [1, 2];
  const b: Head = [0, 3];
  test("replaces the head, or lets the only one go", () => {
    expect(toggled([a], b, false)).toEqual([b]);
    expect(toggled([a], a, false)).toEqual([]);
    expect(toggled([a, b], a, false)).toEqual([a]);
  });
  test("with Shift adds or removes it, in the order of layers", () => {
    expect(toggled([a], b, true)).toEqual([b, a]);
    expect(toggled([b, a], b, true)).toEqual([a]);
  });
  test("shows attention and is announced", () => {
    expect(pickHead(state, a, false)).toBe("layer 2, head 3 held");
    expect([state.method.value, state.heads.value]).toEqual(["attention", [a]]);
    expect(pickHead(state, a, false)).toBe("layer 2, head 3 let go");
  });
  test("on a layer chooses all its heads, and lets go of single heads", () => {
    pickHead(state, a, false);
    expect(pickHead(state, [2, -1], false)).toBe("layer 3 held");
    expect([state.layer.value, state.heads.value, isChosen(state, [2, -1])]).toEqual([2, [], true]);
  });
});

describe("keys", () => {
  test("walk through the layers; a single head moves with its layer", () => {
    expect(moveLayer(state, 1)).toBe("Layer 1.");
    expect(state.method.value).toBe("attention");
    expect(moveLayer(state, -1)).toBe("All layers.");
    state.heads.value = [[0, 3]];
    expect(moveLayer(state, -1)).toBe("Layer 3, head 4.");
    expect(state.heads.value).toEqual([[2, 3]]);
  });
  test("walk through the heads of the layer chosen", () => {
    state.layer.value = 1;
    expect(moveHead(state, 1)).toBe("Layer 2, head 1.");
    expect(moveHead(state, -1)).toBe("Layer 2, head 4.");
    expect([state.layer.value, state.heads.value]).toEqual([null, [[1, 3]]]);
  });
  test("do nothing without attention", () => {
    const bare = createState({ ...sample, layers: 0, heads: 0 });
    expect([moveLayer(bare, 1), moveHead(bare, 1), bare.method.value]).toEqual([null, null, "saliency"]);
    const methods = sample.methods.filter((method) => !method.attention);
    expect(moveLayer(createState({ ...sample, methods }), 1)).toBeNull();
  });
});

test("only a head is previewed, not a layer number", () => {
  hoverHead(state, [1, 2]);
  expect(state.hoveredHead.value).toEqual([1, 2]);
  hoverHead(state, [1, -1]);
  expect(state.hoveredHead.value).toBeNull();
});
