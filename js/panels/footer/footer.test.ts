// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { footer } from "./footer";

let t: ReturnType<typeof setUp>;
const find = (selector: string) => t.host.querySelector(selector) as HTMLElement;
beforeEach(() => {
  t = setUp();
  footer.mount(t.host, t.ctx);
});

test("the sentence follows what is held, and the legend shows its scale", async () => {
  await settle();
  expect(find(".sentence").textContent).toMatch(
    /^Explaining the whole answer, mean of 2 steps .*Hover a word/,
  );
  t.state.held.value = [0];
  await settle();
  expect(find(".sentence").textContent).toContain("Explaining is, token 1 of 2");
  expect(find(".legend").hidden).toBe(false);
  expect(find(".legend").textContent).toBe("0.750 · row sums to 1");
});

test("a signed method has a scale from minus to plus", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  await settle();
  expect(find(".legend").textContent).toMatch(/^−\.750\+\.750 · in logits · solid adds, dashed takes away$/);
});

test("what a view draws itself has a legend of its own", async () => {
  t.state.held.value = [0];
  t.ctx.legend.value = { high: 0.25, says: "solid here, dashed there" };
  await settle();
  expect(find(".legend").textContent).toBe("−.250+.250 · solid here, dashed there");
  t.ctx.legend.value = { high: null, says: "two scales" };
  await settle();
  expect(find(".legend").textContent).toBe("two scales");
});

test("a view of all steps has its own scale", async () => {
  t.state.held.value = [0];
  t.state.view.value = "matrix";
  await settle();
  expect(find(".legend").hidden).toBe(true);
});

test("the strongest words are announced once for the steps held, not for previews", async () => {
  t.state.held.value = [0];
  await settle();
  t.state.hoveredSteps.value = [1];
  t.state.options.value = { ...t.state.options.value, intensity: 1 };
  await settle();
  expect(t.announced).toEqual(["Most from Paris 0.750, <s> 0.250."]);
});

test("they are announced too when a word is held that was previewed, whose scores are known", async () => {
  t.state.previewed.value = [0];
  await settle();
  expect(t.announced).toEqual([]);
  t.state.held.value = [0];
  await settle();
  expect(t.announced).toEqual(["Most from Paris 0.750, <s> 0.250."]);
  t.state.held.value = [];
  await settle();
  t.state.held.value = [0];
  await settle();
  expect(t.announced).toHaveLength(2);
});
