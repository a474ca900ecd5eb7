/** marimo, and other pages that name their theme in an attribute or a class of the body or the root. */
import type { Host } from "./host";

const themes = ["dark", "light"] as const;
const has = (classes: DOMTokenList, theme: string) =>
  classes.contains(theme) || classes.contains(`${theme}-theme`);

export const marimo: Host = {
  theme(elements) {
    for (const { dataset, classList } of elements) {
      const named = dataset.theme ?? dataset.colorMode;
      const theme = themes.find((t) => t === named) ?? themes.find((t) => has(classList, t));
      if (theme) return theme;
    }
    return null;
  },
  variables: { background: "--background", ink: "--foreground" },
};
