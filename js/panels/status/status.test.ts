// @vitest-environment happy-dom
import { type Signal, signal } from "@preact/signals-core";
import { beforeEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import type { Status, Tasks } from "../../state/tasks";
import { setUp } from "../../testing";
import { status } from "./status";

let now: Signal<Status>;
const tasks = { cancel: vi.fn(), retry: vi.fn() };
let t: ReturnType<typeof setUp>;
const button = () => t.host.querySelector("button") as HTMLButtonElement;
beforeEach(() => {
  vi.clearAllMocks();
  t = setUp();
  now = signal<Status>({ kind: "idle" });
  status.mount(t.host, t.ctx, { ...tasks, status: now } as unknown as Tasks);
});

test("work shows how far it is, and can be cancelled", () => {
  expect(t.host.childElementCount).toBe(0);
  now.value = { kind: "working", done: 1, total: 4 };
  const bar = t.host.querySelector("[role=progressbar]");
  expect([bar?.getAttribute("aria-valuenow"), bar?.getAttribute("aria-valuemax")]).toEqual(["1", "4"]);
  expect(t.host.textContent).toContain("Computing, 25 %");
  button().click();
  expect(tasks.cancel).toHaveBeenCalledTimes(1);
  now.value = { kind: "working", done: 0, total: 0 };
  expect(t.host.querySelector(".unknown")?.hasAttribute("aria-valuenow")).toBe(false);
});

test("an error is an alert with a way back, and is text whatever it contains", () => {
  now.value = { kind: "failed", message: "<img> is gone." };
  expect(t.host.querySelector("[role=alert] span")?.textContent).toBe("<img> is gone.");
  expect(t.host.querySelector("img")).toBeNull();
  button().click();
  expect(tasks.retry).toHaveBeenCalledTimes(1);
  now.value = { kind: "stopped" };
  expect(t.host.querySelector("[role=status]")?.textContent).toContain("Stopped before it was done.");
  now.value = { kind: "idle" };
  expect(t.host.childElementCount).toBe(0);
});

test("notes of the data come after warnings of the explanation; without any there is no list", () => {
  const list = () => t.host.querySelector(".notes") as HTMLElement;
  status.mountNotes(t.host, t.ctx, ["A note."]);
  t.state.content.value = { ...sample, warnings: ["A warning."] };
  expect([...list().children].map((item) => item.textContent)).toEqual(["A warning.", "A note."]);
  t.host.replaceChildren();
  status.mountNotes(t.host, t.ctx, []);
  t.state.content.value = sample;
  expect(list().hidden).toBe(true);
});
