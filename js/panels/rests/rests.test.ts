// @vitest-environment happy-dom
import { signal } from "@preact/signals-core";
import { afterEach, expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { rests } from "./rests";
import { restsInfo as info } from "./testing";

const called = {
  ...info,
  units: [
    ["look", 0, 1],
    ["listen", 1, 2],
  ],
  tools: [["look", "listen", 1, " listen"]],
} as const;
let t: ReturnType<typeof setUp>;
const chips = () => [...t.host.querySelectorAll<HTMLButtonElement>("li .chip")];
const text = (selector: string) => t.host.querySelector(selector)?.textContent;

afterEach(() => {
  t.end.abort();
  document.body.replaceChildren();
});

async function open(given: object, falls = [0.2, 0.6, 0, 0.05]): Promise<void> {
  t = setUp({ rests: given as never });
  t.session.ask.mockResolvedValue({ meta: {}, numbers: Float32Array.from(falls) });
  rests.mount(t.host, t.ctx);
  await settle();
}

test("each sentence has the documents that it rests on", async () => {
  await open(info);
  expect(t.session.ask).toHaveBeenCalledTimes(1);
  const items = [...t.host.querySelectorAll("li")].map((item) => item.textContent);
  expect(items).toEqual(["is [2] 75 %[1] 25 %", "東 no document alone"]);
  expect(chips()[0]?.getAttribute("aria-label")).toContain("Document 2 (Lima) holds 75 %");
  expect(text(".note")).toContain("the shares behind each sentence");
  t.state.view.value = "matrix";
  expect(text(".note")).toContain("the shares are");
});

test("a click marks the document and brings it in sight, a second one lets go", async () => {
  await open(info);
  chips()[0]?.click();
  expect(t.state.lit.value?.slice(0, 2)).toEqual([1, 2]);
  expect(t.state.sought.value).toEqual([1]);
  expect(chips().map((chip) => chip.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
  expect(t.announced.at(-1)).toBe("Document 2 is marked in the text.");
  t.state.view.value = "matrix";
  expect(chips()[0]?.getAttribute("aria-pressed")).toBe("true");
  chips()[0]?.click();
  expect(t.state.lit.value).toBeNull();
});

test("the list stands where the text does not carry the chips itself", async () => {
  await open(info);
  const list = t.host.querySelector("ol") as HTMLElement;
  expect(list.hidden).toBe(true);
  t.state.view.value = "matrix";
  expect(list.hidden).toBe(false);
  t.state.view.value = "flow";
  expect(list.hidden).toBe(true);
  t.state.options.value = { ...t.state.options.value, units: "message" };
  await settle();
  expect(list.hidden).toBe(false);
  chips()[0]?.click();
  expect(text(".said")).toContain("Document 2 (Lima) holds 75 %");
});

test("an exported page carries the numbers", async () => {
  await open({
    ...info,
    falls: [
      [2, 0],
      [0, 0],
    ],
  });
  expect(t.session.ask).not.toHaveBeenCalled();
  expect(chips().map((chip) => chip.textContent)).toEqual(["[1] 100 %"]);
});

test("long work waits for a click", async () => {
  await open({ ...info, seconds: 42 });
  expect(t.session.ask).not.toHaveBeenCalled();
  expect(text(".note")).toBe("Leave each document out about 42 s");
  t.host.querySelector<HTMLButtonElement>(".note button")?.click();
  await settle();
  expect(chips()).toHaveLength(2);
});

test("another tool is the foil of the one called", async () => {
  await open(called);
  expect(text(".tools")).toBe("Why look and not listen?");
  t.session.foil.mockResolvedValue({ step: 1, ids: [5, 6], text: " listen" });
  t.host.querySelector<HTMLButtonElement>(".tools button")?.click();
  await settle();
  expect(t.session.foil.mock.calls[0]?.slice(0, 2)).toEqual([1, " listen"]);
  expect(t.state.foil.value).toEqual({ step: 1, ids: [5, 6], text: "listen" });
  expect(t.state.held.value).toEqual([1]);
});

test("an answer without documents shows nothing", () => {
  t = setUp();
  rests.mount(t.host, t.ctx);
  expect(t.host.querySelector<HTMLElement>(".aw-rests")?.hidden).toBe(true);
});

test("one question is asked, whatever work begins and ends meanwhile", async () => {
  t = setUp({ rests: info as never });
  const working = signal(0);
  t.ctx = {
    ...t.ctx,
    run: async (work) => {
      working.value++;
      return work({ signal: t.end.signal });
    },
  };
  t.session.ask.mockResolvedValue({ meta: {}, numbers: new Float32Array(4) });
  rests.mount(t.host, t.ctx);
  await settle();
  working.value++;
  await settle();
  expect(t.session.ask).toHaveBeenCalledTimes(1);
});
