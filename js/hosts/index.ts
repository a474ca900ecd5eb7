/** All hosts, and what they mean for a display. The first host that knows the page's theme decides. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { watchPaper } from "../dom";
import type { Theme } from "../draw/color";
import type { Host } from "./host";
import { jupyter } from "./jupyter";
import { marimo } from "./marimo";
import { vscode } from "./vscode";

export const hosts: readonly Host[] = [jupyter, vscode, marimo];

/** Keep `root.dataset.theme` and the signal at the theme of the host, else that of the browser, until `end` aborts. */
export function followTheme(root: HTMLElement, end: AbortSignal, all = hosts): ReadonlySignal<Theme> {
  const elements = [document.body, document.documentElement];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = signal<Theme>("light");
  let printing = false;
  const update = () => {
    const named = all.map((host) => host.theme(elements)).find(Boolean);
    const now = printing ? "light" : (named ?? (dark.matches ? "dark" : "light"));
    // Before the signal: effects read colours that depend on it.
    root.dataset.theme = now;
    theme.value = now;
  };
  update();
  const observer = new MutationObserver(update);
  for (const element of elements) observer.observe(element, { attributes: true });
  dark.addEventListener("change", update, { signal: end });
  watchPaper((on) => {
    printing = on;
    update();
  }, end);
  end.addEventListener("abort", () => observer.disconnect());
  return theme;
}

/** The reason why Python does not answer, and null while it does, as the host knows it, until `end` aborts. */
export function followPython(manager: unknown, end: AbortSignal, all = hosts): ReadonlySignal<string | null> {
  const trouble = signal<string | null>(null);
  const tell = (sentence: string | null) => {
    trouble.value = sentence;
  };
  for (const host of all) host.followPython?.(manager, tell, end);
  return trouble;
}

/** Styles that keep background, text colour and font of the host as --host-background, --host-ink, --host-font. */
export function hostStyles(all = hosts): string {
  const rules = (["background", "ink", "font"] as const).map((key) => {
    const names = all.map(({ variables }) => variables[key]).filter(Boolean);
    const value = names.reduceRight((rest, name) => `var(${name}${rest && `,${rest}`})`, "");
    return value && `--host-${key}:${value};`;
  });
  return `.aw{${rules.join("")}}`;
}
