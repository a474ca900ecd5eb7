// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { press, settle, setUp } from "../../testing";
import { entriesOf } from "./entries";
import { outline } from "./outline";

const text = ["<s>", "# One", "\nfirst", "\n## **Two", "**\nlast", " yes"];
const over = {
  tokens: { count: 6, start: [0, 1, 2, 3, 4, 5], text, special: [0] },
  inputs: 5,
  sections: [
    { title: "user", start: 0, end: 5, body: [1, 5] as const },
    { title: "assistant", start: 5, end: 5, body: [5, 5] as const },
    { title: "Answer", start: 5, end: 6 },
  ],
  groups: { word: [], sentence: [], message: [], part: [0, 1, 3] },
  steps: { first: 5, count: 1, probability: [1], rank: [1], entropy: [0], alternatives: [[]] },
};
let t: ReturnType<typeof setUp>;
const buttons = () => [...t.host.querySelectorAll("button")];
beforeEach(() => {
  t = setUp(over, [[0.5, 0.25, 0, 0, 0.25]]);
  outline.mount(t.host, t.ctx);
});

test("parts are called by their headings, and what has nothing but a template is left out", () => {
  expect(
    entriesOf(t.state.sent.value).map(({ title, level, start, end }) => [title, level, start, end]),
  ).toEqual([
    ["user", 0, 0, 5],
    ["One", 1, 1, 3],
    ["Two", 1, 3, 5],
    ["Answer", 0, 5, 6],
  ]);
});

test("each has what it gave; a click asks for it, and arrows move", async () => {
  t.state.options.value = { ...t.state.options.value, scale_sink: true };
  await settle(120);
  expect(buttons().map((button) => button.textContent)).toEqual([
    "user1.000",
    "One.250",
    "Two.250",
    "Answer0",
  ]);
  buttons()[2]?.click();
  expect(t.state.sought.value).toEqual([3]);
  buttons()[0]?.focus();
  press(buttons()[0] as HTMLElement, "ArrowDown");
  expect([document.activeElement, buttons().map((one) => one.tabIndex)]).toEqual([
    buttons()[1],
    [-1, 0, -1, -1],
  ]);
  t.state.inSight.value = [3, 5];
  expect(t.host.querySelector("[aria-current]")?.textContent).toMatch(/^Two/);
});
