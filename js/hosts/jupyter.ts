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
    const leave = (event: KeyboardEvent) => {
      element.setAttribute("data-lm-suppress-shortcuts", String(!(event.ctrlKey || event.metaKey)));
    };
    element.setAttribute("data-lm-suppress-shortcuts", "true");
    window.addEventListener("keydown", leave, { capture: true, signal });
  },
};
