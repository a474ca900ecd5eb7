import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { pin, pinsOf, readPins, unpin, writtenPins } from "./pins";
import { createState, type Pin } from "./state";

const pins: readonly Pin[] = [
  { method: "saliency", held: [0, 1], foil: null, layer: null, heads: [] },
  {
    method: "attention",
    held: [],
    foil: null,
    layer: null,
    heads: [
      [1, 0],
      [0, 1],
    ],
  },
  { method: "attention", held: [1], foil: null, layer: 1, heads: [] },
  {
    method: "saliency",
    held: [1],
    foil: { step: 1, ids: [7, 12], text: " 5~6! 7%" },
    layer: null,
    heads: [],
  },
];
const text = "saliency~0,1~!attention~~1.0,0.1!attention~1~1!saliency~1~~1.7.12: 5%7e6%21 7%25";

test("pins are written into an address and read again", () => {
  expect(writtenPins(pins)).toBe(text);
  const plain = text.slice(0, text.indexOf(":"));
  expect(encodeURIComponent(plain).replaceAll("%2C", ",")).toBe(plain);
  expect(readPins(text, sample)).toEqual(pins);
  expect(readPins("", sample)).toEqual([]);
});

test.each([
  "lime~0~",
  "saliency~2~",
  "saliency~x~",
  "attention~0~9",
  "attention~0~1.7",
  "attention~0~1",
  "saliency~0~~2.7: was",
  "saliency~0~~0.x: was",
  "saliency~0~~0: was",
  "saliency~0~~ was",
  "?!",
])("what does not exist here is not read: %s", (wrong) => {
  const read = readPins(wrong, { ...sample, layers: wrong.endsWith("~1") ? 1 : 2 });
  expect(read).toBeUndefined();
});

test("a word is pinned once with how it is shown, and unpinned", () => {
  const state = createState(sample);
  const announced: string[] = [];
  const display = { state, announce: (one: string) => announced.push(one) };
  pin(display);
  state.held.value = [1];
  state.layer.value = 1;
  pin(display);
  pin(display);
  expect(state.options.value.pins.map(({ held, layer }) => [held, layer])).toEqual([
    [[], null],
    [[1], 1],
  ]);
  expect(announced).toEqual(["Pinned the whole answer.", "Pinned 東.", "東 is pinned already."]);
  state.content.value = { ...sample, steps: { ...sample.steps, count: 1 } };
  expect(pinsOf(state).length).toBe(1);
  unpin(display, state.options.value.pins[0] as Pin);
  expect(state.options.value.pins.map(({ held }) => held)).toEqual([[1]]);
});
