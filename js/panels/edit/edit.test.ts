// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { askToEdit } from "../../state/word";
import { press, settle, setUp } from "../../testing";
import { edit } from "./edit";

let t: ReturnType<typeof setUp>;
let anchor: HTMLElement;
const panel = () => t.host.querySelector<HTMLElement>(".aw-edit");
const input = () => panel()?.querySelector("input") as HTMLInputElement;
const button = (text: string) =>
  [...(panel()?.querySelectorAll<HTMLButtonElement>("button") ?? [])].find((b) => b.textContent === text);
const type = async (text: string) => {
  input().value = text;
  input().dispatchEvent(new Event("input", { bubbles: true }));
  await settle(300);
};

beforeEach(async () => {
  t = setUp({ editing: { mask: null } });
  t.session.changes.likely.mockResolvedValue(["Rome", "Berlin"] as never);
  t.session.changes.try.mockResolvedValue({
    words: [
      [" is", 0.75, 0.0625],
      [" was", 0.125, 0.5],
    ],
    nats: Math.log(0.0625 / 0.75),
    answer: null,
  });
  edit.mount(t.host, t.ctx);
  anchor = document.createElement("span");
  t.host.append(anchor);
  t.state.held.value = [0];
  await settle();
  askToEdit(anchor, 1);
  await settle();
});

test("likely words are offered, and one of them is tried at the word held", async () => {
  expect(t.session.changes.likely.mock.calls[0]?.slice(0, 2)).toEqual([1, 2]);
  expect([...(panel()?.querySelectorAll(".chip") ?? [])].map((c) => c.textContent)).toEqual([
    "Rome",
    "Berlin",
    "delete",
    "mask",
  ]);
  button("Rome")?.click();
  await settle();
  expect(t.session.changes.try.mock.calls[0]?.slice(0, 2)).toEqual([0, [[1, 2, "Rome"]]]);
  expect(button("Rome")?.getAttribute("aria-pressed")).toBe("true");
  expect([...(panel()?.querySelectorAll("li") ?? [])].map((row) => row.textContent)).toEqual([
    "is.750 → .063",
    "was.125 → .500",
  ]);
  expect(panel()?.querySelector(".says")?.textContent).toBe(
    "Saliency had put this word first of 2. The model needed it: the word explained is 12 times less likely now. The answer up to there was kept as it is.",
  );
});

test("a typed word is tried after a pause, and Enter keeps it", async () => {
  await type("Lon");
  expect(t.session.changes.try.mock.lastCall?.[1]).toEqual([[1, 2, "Lon"]]);
  expect(button("keep")?.disabled).toBe(false);
  press(input(), "Enter");
  await settle();
  expect(t.session.changes.keep.mock.calls[0]?.slice(0, 1)).toEqual([[[1, 2, "Lon"]]]);
  expect(panel()).toBeNull();
  // The focus goes to the new text.
  const pane = document.createElement("div");
  pane.className = "pane";
  const word = Object.assign(document.createElement("span"), { tabIndex: 0 });
  word.setAttribute("role", "option");
  pane.append(word);
  t.host.append(pane);
  t.state.content.value = { ...t.state.content.value };
  await settle();
  expect(document.activeElement).toBe(word);
});

test("the same word and nothing typed are no change; delete is one", async () => {
  await type("Paris");
  press(input(), "Enter");
  await type("  ");
  expect(t.session.changes.try).not.toHaveBeenCalled();
  expect(t.session.changes.keep).not.toHaveBeenCalled();
  button("delete")?.click();
  await settle();
  expect(t.session.changes.try.mock.lastCall?.[1]).toEqual([[1, 2, ""]]);
});

test("why there is no mask is said where one is asked for", async () => {
  const mask = button("mask") as HTMLElement;
  expect([mask.getAttribute("aria-disabled"), button("delete")?.title]).toEqual([
    "true",
    "Take it out: what follows moves up.",
  ]);
  mask.click();
  const why = panel()?.querySelector(".says")?.textContent;
  expect(why).toBe(
    "This model fills in no masks, so there is none to put here: put another word in its place, or delete it.",
  );
  expect(mask.title).toBe(why);
  expect(t.session.changes.try).not.toHaveBeenCalled();
});

test("all words that are selected are masked, each by a mask of its own, or changed as one", async () => {
  press(input(), "Escape");
  const tokens = {
    count: 6,
    start: [0, 1, 2, 3, 4, 5],
    text: ["<s>", " New", " Yo", "rk", " is", " 東"],
    special: [0],
  };
  const { steps } = t.state.content.value;
  t.state.content.value = {
    ...t.state.content.value,
    ...{ tokens, inputs: 5, sections: [], steps: { ...steps, first: 4 }, editing: { mask: "[MASK]" } },
  };
  t.state.selected.value = [1, 2];
  askToEdit(anchor, 2);
  await settle();
  expect(panel()?.getAttribute("aria-label")).toBe("Change New York");
  const mask = button("mask") as HTMLElement;
  expect(mask.title).toBe(
    "[MASK] in the place of each of them: the model fills them in too, and what follows stays where it is.",
  );
  mask.click();
  await settle();
  expect(t.session.changes.try.mock.lastCall?.[1]).toEqual([
    [1, 2, "[MASK]"],
    [2, 4, "[MASK]"],
  ]);
  expect(panel()?.querySelector(".says")?.textContent).toMatch(
    /^Saliency had put one of these 2 words \w+ of \d\. The model needed them: /,
  );
  await type("Oslo");
  expect(t.session.changes.try.mock.lastCall?.[1]).toEqual([[1, 4, "Oslo"]]);
  askToEdit(anchor, 1);
  expect(panel()?.getAttribute("aria-label")).toBe("Change New York");
  t.state.selected.value = [];
  askToEdit(anchor, 2);
  expect(panel()?.getAttribute("aria-label")).toBe("Change York");
});

test("while no word of the answer is explained, what to do is said", async () => {
  press(input(), "Escape");
  t.state.held.value = [];
  t.state.previewed.value = [];
  askToEdit(anchor, 1);
  await type("Oslo");
  expect(t.session.changes.try).not.toHaveBeenCalled();
  expect(panel()?.querySelector(".says")?.textContent).toBe(
    "Hold a word of the answer first to see what becomes of it.",
  );
  expect(button("keep")?.disabled).toBe(false);
});

test("Esc, a click beside it and another text close it", async () => {
  expect(press(input(), "Escape").defaultPrevented).toBe(true);
  expect(panel()).toBeNull();
  askToEdit(anchor, 1);
  window.dispatchEvent(new Event("pointerdown"));
  expect(panel()).toBeNull();
  askToEdit(anchor, 1);
  expect(panel()).not.toBeNull();
  t.state.content.value = { ...t.state.content.value };
  expect(panel()).toBeNull();
});

test("why a change cannot be tried is said", async () => {
  t.session.changes.try.mockRejectedValue(new Error("This word is not an input of the word explained."));
  await type("x");
  expect(panel()?.querySelector(".says")?.textContent).toContain("not an input");
});

test("special tokens and texts without Python are not changed", () => {
  press(input(), "Escape");
  askToEdit(anchor, 0);
  expect(panel()).toBeNull();
  const { editing: _, ...fixed } = t.state.content.value;
  t.state.content.value = fixed;
  askToEdit(anchor, 1);
  expect(panel()).toBeNull();
});
