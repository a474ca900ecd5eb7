// @vitest-environment happy-dom
import { effect, signal } from "@preact/signals-core";
import { expect, test } from "vitest";
import { press, settle, setUp } from "../../testing";
import { Boxes } from "./boxes";
import { buildText } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";
import type { Page } from "./page";
import { followThoughts } from "./thoughts";

const words = ["<s>", " Q", " <t>", " 3", " and", " 4", " </t>", " Seven", "."];

function page(thoughts: [number, number][], held: number[] = []) {
  const count = words.length;
  const t = setUp(
    {
      tokens: { count, start: words.map((_, k) => k), text: words, special: [] },
      inputs: count - 1,
      sections: [
        { title: "Prompt", start: 0, end: 2 },
        { title: "Answer", start: 2, end: count },
      ],
      steps: { ...setUp().state.content.peek().steps, first: 2, count: 7, suggested: [5] },
      thoughts,
    },
    Array.from({ length: 7 }, (_, s) =>
      Array.from({ length: count - 1 }, (_, i) => (i < 2 + s ? 1 / (2 + s) : Number.NaN)),
    ),
  );
  t.state.held.value = held;
  const built = buildText(t.state.content.value, false);
  t.host.append(built.list);
  const folds = new Folds(built.units, built.folds, t.end.signal);
  const follow = (body: () => void) => t.end.signal.addEventListener("abort", effect(body));
  const input = new TextInput(built, folds, new Boxes(), t.ctx, t.end.signal);
  followThoughts({ built, folds, follow, measured: signal(0) } as unknown as Page, t.ctx);
  follow(() => folds.write(t.ctx));
  return { ...t, built, folds, input };
}

const chips = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>(".fold")];
const shown = (list: HTMLElement) =>
  [...list.querySelectorAll(".t")]
    .filter((one) => !one.closest(".folded"))
    .map((one) => one.textContent)
    .join(" ");

test("a thought is one chip, with its share of the word explained", async () => {
  const { built, state } = page([[2, 7]]);
  expect(shown(built.list)).toBe("<s> Q Seven .");
  state.held.value = [6];
  await settle();
  // Five of eight inputs.
  expect(chips(built.list).map((chip) => chip.textContent)).toEqual(["▸ thought · 63 %"]);
});

test("several are numbered, and each is opened by a click or a key", async () => {
  const { built, folds } = page([
    [2, 4],
    [4, 7],
  ]);
  const [first, second] = chips(built.list);
  expect([first?.textContent, second?.textContent]).toEqual([
    expect.stringMatching(/^▸ thought 1 ·/),
    expect.stringMatching(/^▸ thought 2 ·/),
  ]);
  first?.click();
  await settle();
  expect(shown(built.list)).toBe("<s> Q <t> 3 Seven .");
  built.list.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
  const before = folds.standIn(5);
  expect(before).toBe(4);
  const enter = () => second?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  for (let k = 0; k < 4; k++)
    built.list.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect(document.activeElement).toBe(second);
  enter();
  expect(folds.standIn(5)).toBe(5);
});

test("an open thought is closed by a key on any of its words", () => {
  const { built, folds, state } = page([[2, 7]]);
  const go = (key: string) => press(document.activeElement ?? built.list, key);
  chips(built.list)[0]?.click();
  built.units[4]?.click();
  expect(document.activeElement).toBe(built.units[4]);
  go("f");
  expect(folds.foldedWith(4)).toEqual([2, 3, 4, 5, 6]);
  expect(document.activeElement).toBe(chips(built.list)[0]);
  go("F");
  expect(folds.foldedWith(4)).toBeNull();
  expect(document.activeElement).toBe(built.units[2]);
  // A word in no fold has nothing to close.
  built.units[7]?.click();
  go("f");
  expect(folds.foldedWith(4)).toBeNull();
  expect(state.held.value).toEqual([5]);
});

test("a word of a thought that is held opens it", async () => {
  const { built, state } = page([[2, 7]]);
  state.held.value = [2];
  await settle();
  expect(shown(built.list)).toBe("<s> Q <t> 3 and 4 </t> Seven .");
});

test("a text that is all thought stays open", () => {
  expect(chips(page([[2, 9]]).built.list)).toEqual([]);
});

test("every character stays where it was", () => {
  expect(page([[2, 7]]).built.list.querySelector("[role=group]:last-child .run")?.textContent).toMatch(
    /<t> 3 and 4 <\/t> Seven\.$/,
  );
});
