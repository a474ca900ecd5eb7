// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { biasText, readingLine } from "./reading-line";

let t: ReturnType<typeof setUp>;
let search: ReturnType<typeof readingLine.mount>;
const line = () => t.host.querySelector(".reading") as HTMLElement;
beforeEach(() => {
  t = setUp({ groups: { word: [0, 1, 2, 3], sentence: [0, 1, 2, 3], message: [0, 1, 2, 3], part: [0] } });
  search = readingLine.mount(t.host, t.ctx);
});

test("in a short text it comes with a search, and goes with it", async () => {
  expect(line().hidden).toBe(true);
  search.focus();
  expect(line().hidden).toBe(false);
  const input = line().querySelector("input") as HTMLInputElement;
  input.value = "paris";
  input.dispatchEvent(new Event("input"));
  await settle(120);
  expect(t.state.options.value.search).toBe("paris");
  expect(line().querySelector("[role=status]")?.textContent).toBe("1 hit · 1 carries more than 1 %");
  search.next(1);
  expect([t.state.sought.value, t.announced]).toEqual([[1], ["Hit 1 of 1."]]);
  expect([search.clear(), line().hidden, t.state.options.value.search, search.clear()]).toEqual([
    true,
    true,
    "",
    false,
  ]);
});

test("what is read together is chosen, and what its length does is said", () => {
  const radio = (value: string) => line().querySelector<HTMLElement>(`[data-value=${value}]`);
  expect([radio("message"), radio("mean")?.parentElement?.hidden]).toEqual([null, true]);
  radio("sentence")?.click();
  radio("mean")?.click();
  expect(t.state.options.value).toMatchObject({ units: "sentence", unit_rule: "mean" });
  expect(line().querySelector(".bias")?.textContent).toBe(biasText("sentence", "mean"));
});
