/** The anywidget entry: one state and one session for each model, one display for each cell that shows it. */
import { batch, computed, effect, signal as newSignal, type ReadonlySignal } from "@preact/signals-core";
import { type App, mountApp } from "./app";
import type { Other } from "./context";
import { followPython } from "./hosts";
import type { Bytes } from "./session/buffers";
import type { Content } from "./session/content";
import { kernelSession, type OnShow } from "./session/kernel";
import type { Channel } from "./session/requests";
import { createState } from "./state/state";
import { contentOf, type Model, syncTraits } from "./state/trait-sync";

interface WidgetModel extends Model {
  readonly widget_manager?: unknown;
  send(content: object): void;
}

interface Display {
  readonly model: WidgetModel;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
}

function createApp(model: WidgetModel, signal: AbortSignal): App {
  const state = createState(contentOf(model));
  const told = followPython(model.widget_manager, signal);
  const before = isSaved(model) ? saved : null;
  const trouble = computed(() => before ?? told.value);
  const channel = (send: Channel["send"]): Channel => ({
    get gone() {
      return trouble.peek() !== null;
    },
    send,
    listen(handler) {
      const receive = (message: unknown, buffers: readonly Bytes[] = []) => handler(message, buffers);
      model.on("msg:custom", receive);
      signal.addEventListener("abort", () => model.off("msg:custom", receive));
    },
  });
  const session = kernelSession(
    channel((message) => model.send(message)),
    () => state.content.peek().inputs,
  );
  const other = otherOf(
    model,
    channel((message) => model.send({ ...message, of: "other" })),
    trouble,
    signal,
  );
  const remember = () => {
    const onShow = model.get("on_show") as OnShow | undefined;
    if (onShow?.rows) session.remember(onShow);
  };
  remember();
  model.on("change:on_show", remember);
  signal.addEventListener("abort", () => model.off("change:on_show", remember));
  syncTraits(model, state, signal, () => session.clear());
  signal.addEventListener("abort", () => session.clear());
  const stop = effect(() => {
    if (trouble.value !== null) session.giveUp();
  });
  signal.addEventListener("abort", stop);
  const { text } = (model.get("question") ?? {}) as { readonly text?: string };
  const similar = async () => (await import("./panels/similar/similar")).similar;
  return { state, session, notes: [], trouble, other, asked: text ? model : null, similar };
}

/** Python's trait `other`: an explanation to compare with, or an empty object. */
interface Given {
  readonly content?: Content;
  readonly links: readonly (readonly [number, number])[];
  readonly method: string;
}

/** The explanation that this one is compared with, if there is one. */
function otherOf(
  model: WidgetModel,
  channel: Channel,
  trouble: ReadonlySignal<string | null>,
  signal: AbortSignal,
): Other | null {
  const given = () => model.get("other") as Given | null | undefined;
  const first = given();
  if (!first?.content) return null;
  const state = createState(first.content);
  state.method.value = first.method;
  const links = newSignal(first.links);
  const session = kernelSession(channel, () => state.content.peek().inputs);
  const follow = () => {
    const { content, links: now } = given() ?? {};
    if (!content || !now) return;
    batch(() => {
      links.value = now;
      if (JSON.stringify(content) === JSON.stringify(state.content.peek())) return;
      session.clear();
      state.held.value = [];
      state.previewed.value = content.steps.suggested ?? [];
      state.content.value = content;
    });
  };
  model.on("change:other", follow);
  const stop = effect(() => {
    if (trouble.value !== null) session.giveUp();
  });
  signal.addEventListener("abort", () => {
    model.off("change:other", follow);
    stop();
    session.clear();
  });
  return { state, session, links };
}

const saved =
  "Python is not running here, so this is what was on show when the notebook was saved. Run the notebook to see more.";

/** Whether the page never had Python: the layout of every widget knows whether its own channel is open. */
function isSaved(model: WidgetModel): boolean {
  const layout = model.get("layout") as { readonly comm_live?: boolean } | null | undefined;
  return layout?.comm_live === false;
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
