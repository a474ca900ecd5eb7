// @vitest-environment happy-dom
import { DecompressionStream } from "node:stream/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { packedText, sample } from "./session/testing";
import { settle } from "./testing";

/** The rows as the page has them: the first byte of each number, then the second ones, and so on. */
const rows = Buffer.from(Float32Array.of(0.25, 0.75, Number.NaN, 0.125, 0.5, 0.375).buffer);
const planes = [0, 1, 2, 3].map((b) => rows.filter((_, k) => k % 4 === b));
const packed = (record: object) =>
  packedText(Buffer.concat([Buffer.from(`${JSON.stringify(record)}\n`), ...planes]));
const record = {
  v: 1,
  content: sample,
  state: { held: [1], method: "saliency", options: { hide_first: true } },
  scores: { saliency: { bytes: [0, 24, 4] } },
  attention: null,
  left_out: ["Attention is left out."],
};
const boot = async (text: string) => {
  const data = document.createElement("script");
  Object.assign(data, { id: "attrwidget-data", type: "application/json", textContent: text });
  const host = document.createElement("div");
  host.id = "attrwidget";
  document.body.replaceChildren(data, host);
  vi.resetModules();
  await import("./page");
  await vi.waitFor(() =>
    expect(host.textContent || host.shadowRoot?.querySelector(".sentence")).toBeTruthy(),
  );
  await settle(50);
  return host;
};
beforeEach(() => {
  vi.stubGlobal("DecompressionStream", DecompressionStream);
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
});
afterEach(async () => {
  await settle(300); // A page writes its address after a while.
  vi.unstubAllGlobals();
});

test("the page starts in the state that was exported, with its own data", async () => {
  const root = (await boot(packed(record))).shadowRoot;
  expect(root?.querySelector(".sentence")?.textContent).toContain("Explaining 東, token 2 of 2");
  expect(root?.querySelector(".legend")?.textContent).toContain("hidden tokens hold 13 %, left out");
  expect(root?.querySelector(".notes")?.textContent).toBe("Attention is left out.");
});

test("the address restores a view, and follows what is shown", async () => {
  history.replaceState(null, "", "#held=0&hide_first=false");
  const root = (await boot(packed(record))).shadowRoot;
  expect(root?.querySelector(".sentence")?.textContent).toContain("Explaining is, token 1 of 2");
  root?.querySelectorAll<HTMLElement>("[aria-label=View] [role=radio]")[1]?.click();
  await settle(300);
  expect(location.hash).toBe("#held=0&view=flow&hide_first=false");
  history.replaceState(null, "", "#");
});

test("data that cannot be read is a sentence", async () => {
  expect((await boot("{")).textContent).toContain("The data of this page cannot be read");
});

test("a question is over the explanation, and is marked by the key in the page", async () => {
  const says = { right: "Right.", wrong: "No.", no_number: "", coarse: "", nothing: "" };
  const question = {
    text: "Score?",
    kind: "number",
    choices: [],
    hints: [],
    taken: 0,
    labels: { check: "Check" },
    lang: "en",
    given: [],
    verdict: null,
    key: { number: 0.25, unit: 0.01, mistakes: [], says },
  };
  const root = (await boot(packed({ ...record, question }))).shadowRoot as ShadowRoot;
  await vi.waitFor(() => expect(root.querySelector(".asked")?.textContent).toBe("Score?"));
  const input = root.querySelector<HTMLInputElement>(".aw-question input");
  if (input) input.value = "25 %";
  root.querySelector<HTMLElement>(".aw-question .check")?.click();
  expect(root.querySelector(".verdict")?.textContent).toBe("✓Right.");
});
