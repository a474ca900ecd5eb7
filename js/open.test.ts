// @vitest-environment happy-dom
import { DecompressionStream } from "node:stream/web";
import { beforeEach, expect, test, vi } from "vitest";
import { packedText } from "./session/testing";

const host = () => document.getElementById("attrwidget");
const open = async (packed: string) => {
  const script = document.createElement("script");
  Object.assign(script, { id: "attrwidget-script", type: "text/plain", textContent: packed });
  document.body.append(script);
  await import("./open");
  await new Promise((resolve) => setTimeout(resolve, 50));
};
beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("DecompressionStream", DecompressionStream);
  document.body.innerHTML = '<div id="attrwidget"></div>';
});

test("the page's script is unpacked as it was and run", async () => {
  const code = 'globalThis.opened = "</script> é 東";';
  await open(packedText(code));
  expect(document.body.lastElementChild?.textContent).toBe(code);
  expect(host()?.textContent).toBe("");
});

test("a browser that cannot unpack says so, and which ones can", async () => {
  vi.stubGlobal("DecompressionStream", undefined);
  await open("");
  expect(host()?.textContent).toMatch(/^This browser cannot open this page, which is compressed: use Chrome/);
});

test("a page that is not whole is a sentence", async () => {
  await open(packedText("1").slice(0, 10));
  expect(host()?.textContent).not.toBe("");
});
