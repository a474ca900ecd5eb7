/** Notebooks in Visual Studio Code. */
import type { Host } from "./host";

export const vscode: Host = {
  theme([body]) {
    const kind = body?.dataset.vscodeThemeKind;
    return kind ? (kind.endsWith("light") ? "light" : "dark") : null;
  },
  variables: { background: "--vscode-editor-background", ink: "--vscode-editor-foreground" },
};
