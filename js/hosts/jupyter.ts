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
  prepare(element) {
    // JupyterLab has its own meaning for arrows, Enter and letters in a cell's output.
    element.setAttribute("data-lm-suppress-shortcuts", "true");
  },
};
