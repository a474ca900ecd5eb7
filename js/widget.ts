/** The anywidget entry: one state and one session for each model, one display for each cell that shows it. */
import { type App, mountApp } from "./app";
import type { Bytes } from "./session/buffers";
import { KernelSession } from "./session/kernel";
import { createState } from "./state/state";
import { contentOf, type Model, syncTraits } from "./state/trait-sync";

interface WidgetModel extends Model {
  send(content: object): void;
}

interface Display {
  readonly model: WidgetModel;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
}

function createApp(model: WidgetModel, signal: AbortSignal): App {
  const state = createState(contentOf(model));
  const session = new KernelSession(
    {
      send: (message) => model.send(message),
      listen(handler) {
        const receive = (message: unknown, buffers: readonly Bytes[] = []) => handler(message, buffers);
        model.on("msg:custom", receive);
        signal.addEventListener("abort", () => model.off("msg:custom", receive));
      },
    },
    () => state.content.peek().inputs,
  );
  syncTraits(model, state, signal, () => session.clear());
  signal.addEventListener("abort", () => session.clear());
  return { state, session, notes: [] };
}

export default () => {
  let app: App | undefined;
  return {
    initialize({ model, signal }: Omit<Display, "el">): void {
      app = createApp(model, signal ?? new AbortController().signal);
    },
    render({ model, el, signal }: Display): (() => void) | undefined {
      const end = new AbortController();
      signal?.addEventListener("abort", () => end.abort());
      // A host that does not call initialize gets an app for each display.
      mountApp(el, app ?? createApp(model, end.signal), end.signal);
      return () => end.abort();
    },
  };
};
