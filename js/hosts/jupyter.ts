/** JupyterLab, Notebook and Voilà. */
import type { Host } from "./host";

export const jupyter: Host = {
  theme([body]) {
    const light = body?.dataset.jpThemeLight;
    return light ? (light === "true" ? "light" : "dark") : null;
  },
  variables: {
    background: "--jp-layout-color0",
    ink: "--jp-content-font-color0",
    font: "--jp-ui-font-family",
  },
  prepare(element, signal) {
    // JupyterLab has its own meaning for arrows, Enter and letters in a cell's output. Keys with Ctrl or Cmd are its own.
    // It looks whether the attribute is there, whatever its value.
    const suppress = (keys: boolean) => element.toggleAttribute("data-lm-suppress-shortcuts", keys);
    const leave = (event: KeyboardEvent) => suppress(!(event.ctrlKey || event.metaKey));
    suppress(true);
    window.addEventListener("keydown", leave, { capture: true, signal });
  },
};
