/**
 * The views that the toolbar switches between; the first is shown at first. A new view is a folder beside this file
 * and a line here; what is behind `import()` stays packed until the view is opened. The build writes their ids where
 * Python reads the allowed values of its trait `view`.
 */
import type { View } from "../context";
import { text } from "./text/text";

export const views: readonly View[] = [
  { id: "text", title: "Text", load: () => text },
  { id: "flow", title: "Flow", load: async () => (await import("./flow/flow")).flow },
  {
    id: "matrix",
    title: "Matrix",
    allSteps: true,
    load: async () => (await import("./matrix/matrix")).matrix,
  },
  { id: "heads", title: "Heads", load: async () => (await import("./heads/heads")).heads },
  { id: "layers", title: "Layers", load: async () => (await import("./layers/layers")).layers },
  { id: "compare", title: "Compare", load: async () => (await import("./compare/compare")).compare },
];
