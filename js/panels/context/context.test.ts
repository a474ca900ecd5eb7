// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { FoundContext } from "../../session/contexts";
import { marksOf } from "../../state/marks";
import { setUp } from "../../testing";
import { context } from "./context";

const found: FoundContext = {
  count: 2,
  threshold: 1,
  largest: 2,
  changed: [{ step: 1, p: 0.25, without: 0.01, instead: " Rome", cues: [[1, 2, 0.5]] }],
};
const contexts = [
  { title: "system message", spans: [[1, 2]] as const },
  { title: "earlier messages", spans: [[0, 1]] as const },
];

function mounted(over: object) {
  const end = new AbortController();
  const { ctx, state } = setUp({ contexts, ...over });
  const host = document.createElement("div");
  context.mount(host, ctx);
  return { host, ctx, state, end };
}

test("it leaves out a context on request, lists what changed and marks it", async () => {
  const { host, ctx, state } = mounted({});
  const ask = vi.spyOn(ctx.session, "ask").mockResolvedValue({ meta: found, numbers: new Float32Array() });
  const button = host.querySelector<HTMLButtonElement>("section > button");
  expect(button?.textContent).toBe("Leave out the system message and compare");
  button?.click();
  await vi.waitFor(() => expect(host.querySelectorAll("li")).toHaveLength(1));
  expect(ask.mock.calls[0]?.slice(0, 2)).toEqual(["context", { context: 0 }]);
  expect(host.textContent).toContain("changed 1 of 2 tokens most");
  expect(marksOf(state).value.changed).toEqual([1]);
  host.querySelector<HTMLButtonElement>("li button")?.click();
  expect(state.held.value).toEqual([1]);
  await vi.waitFor(() => expect(marksOf(state).value.cues).toEqual([[1, 2]]));
  expect(host.querySelector(".cues")?.textContent).toContain("rests most on Paris 50 %");
});

test("what was found before is there at once, and another context is asked for", () => {
  const { host } = mounted({ contexts: [{ ...contexts[0], found }, contexts[1]] });
  expect(host.querySelectorAll("li")).toHaveLength(1);
  const select = host.querySelector("select") as HTMLSelectElement;
  expect(select.options).toHaveLength(2);
  select.value = "1";
  select.dispatchEvent(new Event("change"));
  expect(host.querySelector<HTMLButtonElement>("section > button")?.textContent).toBe(
    "Leave out the earlier messages and compare",
  );
});
