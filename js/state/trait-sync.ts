/** Keep the traits of the widget and the signals of the state equal, in both directions. */
import { batch, effect, type Signal } from "@preact/signals-core";
import type { Content } from "../session/content";
import { defaultOptions, type State, setContent } from "./state";

/** The part of an anywidget model that is used. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  save_changes(): void;
}

export const emptyContent: Content = {
  v: 1,
  model: "",
  tokens: { count: 0, start: [], text: [], special: [] },
  inputs: 0,
  sections: [],
  steps: { first: 0, count: 0, probability: [], rank: [], entropy: [], alternatives: [] },
  methods: [],
  contrast: {},
  layers: 0,
  heads: 0,
  attention_note: null,
  warnings: [],
};

const selectable = ["held", "foil", "method", "layer", "heads", "view", "options"] as const;
type Selectable = (typeof selectable)[number];

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Read a trait. marimo has none while it changes modes: then undefined. */
function read(model: Model, name: Selectable | "content"): unknown {
  const value = model.get(name);
  if (value === undefined) return undefined;
  return name === "options" ? { ...defaultOptions, ...(value as object) } : value;
}

/** The content trait, or an empty content where the host has none. */
export const contentOf = (model: Model): Content =>
  (read(model, "content") as Content | null | undefined)?.tokens
    ? (read(model, "content") as Content)
    : emptyContent;

/** Sync until `signal` aborts. `replaced` is called before new content reaches the state. */
export function syncTraits(model: Model, state: State, signal: AbortSignal, replaced: () => void): void {
  let saving = false;
  const save = () => {
    if (saving) return;
    saving = true;
    queueMicrotask(() => {
      saving = false;
      if (!signal.aborted) model.save_changes();
    });
  };

  /** Copy these traits into the state. Not all of them: others may have changed here and wait to be saved. */
  function pull(names: readonly (Selectable | "content")[]): void {
    batch(() => {
      const content = names.includes("content") ? contentOf(model) : state.sent.peek();
      if (!same(content, state.sent.peek())) {
        replaced();
        state.previewed.value = content.steps.suggested ?? [];
        state.hoveredSteps.value = [];
        state.hoveredInput.value = null;
        state.hoveredHead.value = null;
        setContent(state, content);
      }
      for (const name of names) {
        if (name === "content") continue;
        const value = read(model, name);
        const own = state[name] as Signal<unknown>;
        if (value !== undefined && !same(value, own.peek())) own.value = value;
      }
    });
  }

  const traits = ["content", ...selectable] as const;
  pull(traits);
  const follow = traits.map((name) => [`change:${name}`, () => pull([name])] as const);
  for (const [event, listener] of follow) model.on(event, listener);
  const stops = selectable.map((name) =>
    effect(() => {
      const value = state[name].value;
      if (same(read(model, name), value)) return;
      model.set(name, value);
      save();
    }),
  );
  signal.addEventListener("abort", () => {
    for (const [event, listener] of follow) model.off(event, listener);
    for (const stop of stops) stop();
  });
}
