/** Light or dark, as the host has it at the moment. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Theme } from "../draw/color";

function fromHost(): Theme | null {
  const { body, documentElement } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const code = body.dataset.vscodeThemeKind;
  if (code) return code.endsWith("light") ? "light" : "dark";
  for (const element of [body, documentElement]) {
    const named = element.dataset.theme ?? element.dataset.colorMode;
    if (named === "dark" || named === "light") return named;
    if (element.classList.contains("dark") || element.classList.contains("dark-theme")) return "dark";
    if (element.classList.contains("light") || element.classList.contains("light-theme")) return "light";
  }
  return null;
}

/** Follows Jupyter, VS Code, marimo and `data-theme`, then the browser; writes `data-theme` on `root` before it tells. */
export function watchTheme(root: HTMLElement, end: AbortSignal): ReadonlySignal<Theme> {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = (): Theme => fromHost() ?? (dark.matches ? "dark" : "light");
  const theme = signal(read());
  const update = () => {
    const now = read();
    root.dataset.theme = now;
    theme.value = now;
  };
  update();
  const observer = new MutationObserver(update);
  for (const element of [document.body, document.documentElement]) {
    observer.observe(element, { attributes: true });
  }
  dark.addEventListener("change", update, { signal: end });
  end.addEventListener("abort", () => observer.disconnect());
  return theme;
}
