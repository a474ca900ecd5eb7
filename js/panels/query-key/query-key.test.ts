// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settle, setUp } from "../../testing";
import { queryKey } from "./query-key";

let t: ReturnType<typeof setUp>;
const root = () => t.host.querySelector<HTMLElement>(".aw-query") as HTMLElement;

beforeEach(() => {
  t = setUp({ query_keys: true });
  queryKey.mount(t.host, t.ctx);
});
afterEach(() => {
  t.end.abort();
  vi.restoreAllMocks();
});

test("it is there while one head is chosen", () => {
  expect(root().hidden).toBe(true);
  t.state.heads.value = [[0, 1]];
  expect([root().hidden, root().textContent]).toEqual([false, expect.stringContaining("Point at a word")]);
  t.state.heads.value = [
    [0, 1],
    [1, 1],
  ];
  expect(root().hidden).toBe(true);
});

test("the pair pointed at is read once it has rested, and stays", async () => {
  t.state.heads.value = [[0, 1]];
  t.state.held.value = [1];
  t.state.hoveredInput.value = 0;
  t.state.hoveredInput.value = 1;
  await settle(200);
  expect(t.session.ask.mock.calls.map((call: readonly unknown[]) => call.slice(0, 2))).toEqual([
    ["query_key", { step: 1, input: 1, layer: 0, head: 1 }],
  ]);
  // 0.5 · (2 · 1.5 − 1 · 4)
  expect(root().textContent).toContain("layer 1, head 2: Paris → 東");
  expect(root().textContent).toContain("add up to −.500 (scaled)");
  expect(root().textContent).toContain(": .250.");
  t.state.hoveredInput.value = null;
  expect(root().textContent).toContain("Paris → 東");
});

test("an input that the step cannot see has no pair", async () => {
  t.state.heads.value = [[0, 1]];
  t.state.held.value = [0];
  t.state.hoveredInput.value = 2;
  await settle(200);
  expect(t.session.ask).not.toHaveBeenCalled();
});
