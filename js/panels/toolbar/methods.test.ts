// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { MethodInfo } from "../../session/scores";
import { sample } from "../../session/testing";
import { setUp } from "../../testing";
import { methodsPanel } from "./methods";

const base = sample.methods[0] as MethodInfo;
const methods: MethodInfo[] = [
  { ...base, name: "attention", title: "Attention", question: "look", seconds: 0.01 },
  {
    ...base,
    name: "b",
    title: "<b>Method B</b>",
    description: "its one line",
    question: "need",
    seconds: 140,
  },
  { ...base, name: "own", title: "Own" },
  { ...base, name: "captum:lime", title: "Captum: LIME", question: "need", seconds: 3.2 },
];

function panel() {
  const t = setUp({ methods });
  const element = methodsPanel(t.ctx);
  t.host.append(element);
  const texts = (selector: string) => [...element.querySelectorAll(selector)].map((one) => one.textContent);
  return { ...t, element, texts };
}

test("methods stand under the question they answer, with their cost and a line", () => {
  const { texts, element } = panel();
  expect(texts("h3")).toEqual(["What did it need?", "What did it look at?", "Others"]);
  expect(texts(".groups button")).toEqual([
    "<b>Method B</b>2 minits one line",
    `Attentioninstant${base.description}`,
    `Own${base.description}`,
  ]);
  expect(element.querySelector(".groups button b b")).toBeNull();
});

test("those of other tools are folded", () => {
  const { texts, element } = panel();
  expect(element.querySelector("details")?.open).toBe(false);
  expect(texts("details b")).toEqual(["Captum: LIME"]);
  expect(texts("details .cost")).toEqual(["3 s"]);
});

test("a click chooses, and the one shown is marked", () => {
  const { element, state } = panel();
  const button = (name: string) => element.querySelector<HTMLElement>(`[data-value="${name}"]`);
  button("b")?.click();
  expect(state.method.value).toBe("b");
  expect([button("b"), button("own")].map((one) => one?.getAttribute("aria-pressed"))).toEqual([
    "true",
    "false",
  ]);
});
