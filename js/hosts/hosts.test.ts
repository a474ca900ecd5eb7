// @vitest-environment happy-dom
import { effect } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followTheme, hostStyles } from "./index";
import { jupyter } from "./jupyter";

let browser: EventTarget & { matches: boolean };
let end: AbortController;
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  browser = Object.assign(new EventTarget(), { matches: false });
  vi.stubGlobal("matchMedia", (query: string) =>
    query.includes("color-scheme") ? browser : Object.assign(new EventTarget(), { matches: false }),
  );
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  vi.unstubAllGlobals();
  document.body.className = "";
  for (const element of [document.body, document.documentElement]) {
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
  }
});

test.each([
  ["JupyterLab", "data-jp-theme-light", "false", "dark"],
  ["JupyterLab", "data-jp-theme-light", "true", "light"],
  ["VS Code", "data-vscode-theme-kind", "vscode-dark", "dark"],
  ["VS Code", "data-vscode-theme-kind", "vscode-high-contrast-light", "light"],
  ["marimo", "class", "dark", "dark"],
  ["Sphinx", "data-theme", "dark", "dark"],
  ["GitHub", "data-color-mode", "light", "light"],
  ["a class", "class", "light-theme", "light"],
])("%s: %s=%s is %s, whatever the browser prefers", (_, name, value, theme) => {
  browser.matches = theme === "light";
  document.body.setAttribute(name, value);
  const root = document.createElement("div");
  expect(followTheme(root, end.signal).value).toBe(theme);
  expect(root.dataset.theme).toBe(theme);
});

test("without a host the browser decides, and changes are followed until the end", async () => {
  const root = document.createElement("div");
  const theme = followTheme(root, end.signal);
  expect(theme.value).toBe("light");
  browser.matches = true;
  browser.dispatchEvent(new Event("change"));
  expect(theme.value).toBe("dark");
  document.body.dataset.jpThemeLight = "true";
  await settle();
  expect(theme.value).toBe("light");
  end.abort();
  document.body.dataset.jpThemeLight = "false";
  await settle();
  expect(theme.value).toBe("light");
});

test("the element has its theme before effects read colours from it", () => {
  const root = document.createElement("div");
  const theme = followTheme(root, end.signal);
  const seen: [string, string | undefined][] = [];
  const stop = effect(() => {
    seen.push([theme.value, root.dataset.theme]);
  });
  browser.matches = true;
  browser.dispatchEvent(new Event("change"));
  stop();
  expect(seen).toEqual([
    ["light", "light"],
    ["dark", "dark"],
  ]);
});

test("the host's colours are taken over, the first that is defined", () => {
  expect(hostStyles()).toBe(
    ".aw{--host-background:var(--jp-layout-color0,var(--vscode-editor-background,var(--background)));" +
      "--host-ink:var(--jp-content-font-color0,var(--vscode-editor-foreground,var(--foreground)));" +
      "--host-font:var(--jp-ui-font-family);}",
  );
});

test("paper is light, whatever the host shows", () => {
  document.body.dataset.jpThemeLight = "false";
  const theme = followTheme(document.createElement("div"), end.signal);
  expect(theme.value).toBe("dark");
  window.dispatchEvent(new Event("beforeprint"));
  expect(theme.value).toBe("light");
  window.dispatchEvent(new Event("afterprint"));
  expect(theme.value).toBe("dark");
});

test("JupyterLab leaves the keys of a cell to the widget, and keeps those with Ctrl or Cmd", () => {
  const element = document.createElement("div");
  jupyter.prepare?.(element, end.signal);
  const left = (init: KeyboardEventInit) => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "s", bubbles: true, ...init }));
    return element.hasAttribute("data-lm-suppress-shortcuts");
  };
  expect([left({}), left({ ctrlKey: true }), left({ metaKey: true }), left({})]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
