// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { press, settle, setUp } from "../../testing";
import { picker } from "../picker/picker";
import { captionText, readOf, takenText, takenWords } from "./text";

const experts = { layers: ["2"], count: 3 };
let t: ReturnType<typeof setUp>;
const q = (selector: string) => t.host.querySelector(selector) as HTMLElement;
const tab = (name: string) =>
  [...t.host.querySelectorAll<HTMLElement>("[role=tab]")].find(
    (one) => one.textContent === name,
  ) as HTMLElement;
const panel = () =>
  document.getElementById(tab("Experts").getAttribute("aria-controls") ?? "") as HTMLElement;
const asked = () => t.session.ask.mock.calls.map((call: readonly unknown[]) => call.slice(0, 2));

beforeEach(() => {
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 700 });
});
afterEach(() => {
  t.end.abort();
  document.body.replaceChildren();
});

async function open(): Promise<void> {
  t = setUp({ experts });
  picker.mount(t.host, t.ctx);
  t.state.held.value = [1];
  tab("Experts").click();
  await settle(300);
}

test("a model without experts has no tabs", () => {
  const { experts: _, ...content } = setUp().state.content.peek();
  t = setUp(content);
  t.state.content.value = content;
  picker.mount(t.host, t.ctx);
  expect(q("[role=tablist]").hidden).toBe(true);
});

test("the experts where the word held was written: at the token before it", async () => {
  await open();
  expect(["Heads", "Experts"].map((name) => tab(name).getAttribute("aria-selected"))).toEqual([
    "false",
    "true",
  ]);
  expect(panel().querySelector(".title")?.textContent).toBe("Experts that wrote “東”");
  expect(panel().querySelector(".shade")?.textContent).toBe("1 layer × 3 experts · at “is”");
  expect(asked()).toContainEqual(["experts", { inputs: [2] }]);
});

test("the word pointed at", async () => {
  await open();
  t.state.hoveredInput.value = 1;
  await settle(300);
  expect(panel().querySelector(".title")?.textContent).toBe("Experts that read “Paris”");
  expect(asked()).toContainEqual(["experts", { inputs: [1] }]);
});

test("keys walk and hold an expert, whose words are listed", async () => {
  await open();
  const grid = panel().querySelector("[role=grid]") as HTMLElement;
  press(grid, "ArrowRight");
  expect(panel().querySelector(".peek")?.textContent).toBe("Peeking: layer 2, expert 2, not chosen");
  press(grid, "Enter");
  await settle();
  expect(asked()).toContainEqual(["expert_inputs", { layer: 0, expert: 1 }]);
  expect(panel().querySelector(".cap")?.textContent).toBe("Held: layer 2, expert 2. It takes 2 of 3 tokens.");
  expect([...panel().querySelectorAll("li")].map((li) => li.textContent)).toEqual(["Paris .500", "is .250"]);
  press(grid, "Enter");
  expect(panel().querySelectorAll("li")).toHaveLength(0);
});

test("texts", () => {
  t = setUp({ experts });
  const content = t.state.content.peek();
  expect(readOf(content, null, []).inputs).toEqual([0, 1, 2]);
  expect(captionText(content, experts, [0, 1, 2])).toBe("1 layer × 3 experts · mean of 3 tokens");
  expect(takenText(Float32Array.of(0, 1, Number.NaN))).toBe("It takes 1 of 2 tokens.");
  expect(takenWords(content, Float32Array.of(0.25, 0, 0.5), 1)).toEqual([[" is", 0.5]]);
});
