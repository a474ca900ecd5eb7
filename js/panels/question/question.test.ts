// @vitest-environment happy-dom
import { signal } from "@preact/signals-core";
import { beforeEach, expect, test, vi } from "vitest";
import { setUp } from "../../testing";
import type { Question, Reply } from "./asked";
import type { Key } from "./mark";
import { question } from "./question";
import { Recorded } from "./recorded";

const labels = {
  check: "Check",
  hint: "Hint",
  yours: "Your answer",
  input: "click a word of the input",
  number: "a number",
  gone: "Run the cell.",
  needs_model: "This needs Python.",
};
const base: Question = {
  text: "Which word?",
  kind: "input",
  choices: [],
  hints: ["Hold a word.", "Look right."],
  taken: 0,
  labels,
  lang: "en",
  given: [],
  verdict: null,
};

/** Traits that Python answers. */
class FakeModel {
  question: Question;
  readonly replies: Reply[] = [];
  readonly save_changes = vi.fn();
  #listener = () => {};
  constructor(over: Partial<Question>) {
    this.question = { ...base, ...over };
  }
  get = () => this.question;
  set = (_name: string, value: unknown) => void this.replies.push(value as Reply);
  on = (_event: string, listener: () => void) => {
    this.#listener = listener;
  };
  off = vi.fn();
  answer(over: Partial<Question>) {
    this.question = { ...this.question, ...over };
    this.#listener();
  }
}

let t: ReturnType<typeof setUp>;
const trouble = signal<string | null>(null);
const ask = (over: Partial<Question> = {}) => {
  const model = new FakeModel(over);
  question.mount(t.host, { ...t.ctx, asked: model, trouble });
  return model;
};
const button = (text: string) =>
  [...t.host.querySelectorAll("button")].find((b) => b.textContent?.startsWith(text)) as HTMLButtonElement;
const picked = () => t.host.querySelector(".picked")?.textContent;
const verdict = () => t.host.querySelector("[role=status]");

beforeEach(() => {
  t = setUp();
  trouble.value = null;
});

test("an input that is clicked is the answer, with all its tokens", () => {
  const model = ask();
  expect(picked()).toBe("Your answer: click a word of the input");
  t.state.selected.value = [1];
  expect(picked()).toBe("Your answer: Paris");
  button("Check").click();
  expect(model.replies).toEqual([{ n: expect.any(Number), hints: 0, given: ["1"] }]);
  model.answer({ verdict: { right: false, says: "That is the next row." } });
  expect(verdict()?.textContent).toBe("✗That is the next row.");
  model.answer({ verdict: { right: true, says: "Right." } });
  expect(verdict()?.textContent).toBe("✓Right.");
  expect(verdict()?.classList.contains("is-true")).toBe(true);
});

test("a word that is held is a step and, if it is an input too, an input", () => {
  ask({ kind: "step" });
  t.state.held.value = [1];
  expect(picked()).toBe("Your answer: 東");
  t.host.replaceChildren();
  const model = ask();
  t.state.held.value = [0];
  expect(picked()).toBe("Your answer: is");
  t.state.held.value = [0, 1];
  button("Check").click();
  expect(model.replies[0]?.given).toEqual([]);
});

test("heads and methods are picked where they always are", () => {
  const model = ask({ kind: "head" });
  t.state.heads.value = [[1, 0]];
  expect(picked()).toContain("layer 2, head 1");
  button("Check").click();
  t.state.heads.value = [
    [1, 0],
    [0, 0],
  ];
  button("Check").click();
  expect(model.replies.map(({ given }) => given)).toEqual([["1,0"], []]);
  t.host.replaceChildren();
  const other = ask({ kind: "method" });
  button("Check").click();
  expect(other.replies[0]?.given).toEqual(["saliency"]);
});

test("a number is typed, and Enter checks it", () => {
  const model = ask({ kind: "number" });
  const input = t.host.querySelector("input") as HTMLInputElement;
  expect(input.getAttribute("aria-labelledby")).toBe(t.host.querySelector(".asked")?.id);
  input.value = ".12";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(model.replies[0]?.given).toEqual([".12"]);
});

test("one of several texts is chosen", () => {
  const model = ask({ kind: "choice", choices: ["logit", "<b>loss</b>"], given: ["logit"] });
  const inputs = [...t.host.querySelectorAll<HTMLInputElement>("[role=radiogroup] input")];
  expect(inputs.map(({ checked }) => checked)).toEqual([true, false]);
  expect(t.host.querySelector(".choices b")).toBeNull();
  if (inputs[1]) inputs[1].checked = true;
  button("Check").click();
  expect(model.replies[0]?.given).toEqual(["<b>loss</b>"]);
});

test("hints come one at a time, and Python counts them", () => {
  const model = ask();
  const hints = () => [...t.host.querySelectorAll(".hints li")].map((li) => li.textContent);
  expect(hints()).toEqual([]);
  expect(button("Hint").textContent).toBe("Hint 1/2");
  button("Hint").click();
  expect(hints()).toEqual(["Hold a word."]);
  button("Hint").click();
  expect(hints()).toEqual(["Hold a word.", "Look right."]);
  expect(button("Hint").hidden).toBe(true);
  expect(model.replies.map(({ hints, given }) => [hints, given])).toEqual([
    [1, undefined],
    [2, undefined],
  ]);
});

test("where Python is gone the card says so, and nothing is sent", () => {
  const model = ask();
  trouble.value = "Python is not running.";
  expect(verdict()?.textContent).toBe("…Run the cell.");
  button("Check").click();
  expect(model.replies).toEqual([]);
  trouble.value = null;
  expect(verdict()?.textContent).toBe("");
});

test("an exported page marks answers itself", () => {
  const says = { right: "Right.", wrong: "No.", no_number: "", coarse: "", nothing: "Nothing." };
  const key: Key = { accept: ["1"], mistakes: [[{ accept: ["0"] }, "A control token."]], says };
  const ask = (over: Partial<Question> = {}) => {
    t.host.replaceChildren();
    question.mount(t.host, { ...t.ctx, asked: new Recorded({ ...base, ...over, key }), trouble });
  };
  ask();
  button("Check").click();
  expect(verdict()?.textContent).toBe("…Nothing.");
  for (const [input, expected] of [
    [0, "✗A control token."],
    [1, "✓Right."],
  ] as const) {
    t.state.selected.value = [input];
    button("Check").click();
    expect(verdict()?.textContent).toBe(expected);
  }
  ask({ kind: "edit" });
  button("Check").click();
  expect(verdict()?.textContent).toBe("…This needs Python.");
});
