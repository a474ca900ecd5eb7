import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { fragmentOf, restore, valuesOf } from "./address";
import { createState } from "./state";

const views = ["text", "flow"];

function shown(change: (state: ReturnType<typeof createState>) => void = () => {}) {
  const state = createState(sample);
  change(state);
  return state;
}
const start = valuesOf(shown());

test("an address has what differs from the page's start, and restores it", () => {
  const state = shown((s) => {
    s.method.value = "attention";
    s.held.value = [0, 1];
    s.heads.value = [
      [1, 0],
      [0, 1],
    ];
    s.view.value = "flow";
    s.options.value = {
      ...s.options.value,
      hide_first: true,
      intensity: 0.35,
      head_rule: "max",
      units: "word",
      search: "a b, c",
    };
  });
  const fragment = fragmentOf(valuesOf(state), start);
  expect(fragment).toBe(
    "method=attention&held=0,1&heads=1.0,0.1&view=flow&head_rule=max&intensity=0.35&hide_first=true&units=word&search=a%20b,%20c",
  );
  const other = shown();
  restore(other, `#${fragment}`, start, views);
  expect(valuesOf(other)).toEqual(valuesOf(state));
});

test("a page as it begins has no fragment, and an empty one leads back to its start", () => {
  expect(fragmentOf(start, start)).toBe("");
  const state = shown((s) => {
    s.held.value = [1];
    s.layer.value = 1;
  });
  restore(state, "", start, views);
  expect(valuesOf(state)).toEqual(start);
});

test("letting go of what a page begins with is in its address", () => {
  const held = { ...start, held: [1], layer: 1 };
  const fragment = fragmentOf(start, held);
  expect(fragment).toBe("held=&layer=all");
  const state = shown();
  restore(state, fragment, held, views);
  expect([state.held.value, state.layer.value]).toEqual([[], null]);
});

test.each([
  "held=2",
  "held=-1",
  "held=x",
  "heads=0.7",
  "heads=1",
  "layer=9",
  "method=lime",
  "view=map",
  "intensity=7",
  "hide_first=1",
  "head_rule=all",
  "units=max",
  "%%%=&&&",
])("what does not exist stays as at the start: %s", (fragment) => {
  const state = shown();
  restore(state, fragment, start, views);
  expect(valuesOf(state)).toEqual(start);
});

test("an enlarged head and pins are in the address; a pin that does not exist here is left out", () => {
  const pin = { method: "attention", held: [1], foil: null, layer: null, heads: [[1, 0]] } as const;
  const state = shown((s) => {
    s.options.value = { ...s.options.value, enlarged: [1, 0], second: "attention", pins: [pin] };
  });
  const fragment = fragmentOf(valuesOf(state), start);
  expect(fragment).toMatch(/^enlarged=1\.0&second=attention&pins=/);
  const other = shown();
  restore(other, fragment, start, views);
  expect(valuesOf(other)).toEqual(valuesOf(state));
  restore(other, `enlarged=none&pins=${JSON.stringify([{ ...pin, held: [99] }])}`, start, views);
  expect([other.options.value.enlarged, other.options.value.pins]).toEqual([null, []]);
  restore(other, "pins=[nothing", start, views);
  expect(other.options.value.pins).toEqual([]);
});
