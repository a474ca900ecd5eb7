// @vitest-environment happy-dom
import { computed } from "@preact/signals-core";
import { beforeEach, expect, test, vi } from "vitest";
import type { Panels } from "../../a11y/keys";
import type { View } from "../../context";
import { sample } from "../../session/testing";
import { setUp } from "../../testing";
import { toolbar } from "./toolbar";

const views = ["text", "flow"].map(
  (id): View => ({ id, title: id.toUpperCase(), load: () => ({ styles: "", mount: () => {} }) }),
);
let t: ReturnType<typeof setUp>;
let panels: Panels;
const radios = (group: string) => [
  ...t.host.querySelectorAll<HTMLElement>(`[aria-label=${group}] [role=radio]`),
];
const checked = (group: string) =>
  radios(group)
    .filter((r) => r.getAttribute("aria-checked") === "true")
    .map((r) => r.textContent);
beforeEach(() => {
  t = setUp();
  const shown = computed(() => views.find(({ id }) => id === t.state.view.value) ?? (views[0] as View));
  panels = toolbar.mount(t.host, t.ctx, views, shown);
});

test("views are those listed, and a click shows one", () => {
  expect(radios("View").map((r) => r.textContent)).toEqual(["TEXT", "FLOW"]);
  radios("View")[1]?.click();
  expect([t.state.view.value, checked("View")]).toEqual(["flow", ["FLOW"]]);
});

test("four methods fit into the bar, the others into a list", async () => {
  const extra = ["Rollout", "Lime"].map((title) => ({ ...sample.methods[0], name: title, title }) as never);
  t.state.content.value = { ...sample, methods: [...sample.methods, ...extra] };
  expect(radios("Method")).toHaveLength(4);
  const more = t.host.querySelector<HTMLElement>(".more");
  expect(more?.textContent).toBe("More");
  more?.click();
  await vi.waitFor(() => expect(t.host.querySelector(".methods")).not.toBeNull());
  t.host.querySelector<HTMLElement>('.methods [data-value="Lime"]')?.click();
  expect([t.state.method.value, checked("Method")]).toEqual(["Lime", []]);
  expect([more?.textContent, more?.classList.contains("on")]).toEqual(["Lime", true]);
});

test("help opens, and is closed before anything else is", async () => {
  panels.help();
  await vi.waitFor(() =>
    expect(t.host.querySelector(".help")?.textContent).toContain("holds a word of the answer"),
  );
  expect([panels.close(), panels.close()]).toEqual([true, false]);
});
