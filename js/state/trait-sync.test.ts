import { batch } from "@preact/signals-core";
import { describe, expect, test, vi } from "vitest";
import { sample } from "../session/testing";
import { createState, defaultOptions } from "./state";
import { contentOf, emptyContent, type Model, syncTraits } from "./trait-sync";

/** Behaves as an ipywidgets model: `set` tells listeners when a value is another object. */
class FakeModel implements Model {
  readonly saved: Record<string, unknown>[] = [];
  readonly #values: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<() => void>>();
  #unsaved: Record<string, unknown> = {};

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }
  get(name: string): unknown {
    return this.#values[name];
  }
  set(name: string, value: unknown): void {
    this.#unsaved[name] = value;
    this.#change(name, value);
  }
  save_changes(): void {
    this.saved.push(this.#unsaved);
    this.#unsaved = {};
  }
  on(event: string, callback: () => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(callback));
  }
  off(event: string, callback: () => void): void {
    this.#listeners.get(event)?.delete(callback);
  }
  /** What Python sends. */
  receive(values: Record<string, unknown>): void {
    Object.assign(this.#values, values);
    for (const name of Object.keys(values)) this.#tell(name);
  }
  #change(name: string, value: unknown): void {
    this.#values[name] = value;
    this.#tell(name);
  }
  #tell(name: string): void {
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }
}

function start(values: Record<string, unknown> = {}) {
  const model = new FakeModel({
    content: sample,
    held: [1],
    foil: null,
    method: "attention",
    layer: null,
    heads: [[0, 1]],
    view: "matrix",
    options: { ...defaultOptions, intensity: 1 },
    ...values,
  });
  const state = createState(contentOf(model));
  const end = new AbortController();
  const replaced = vi.fn();
  syncTraits(model, state, end.signal, replaced);
  return { model, state, end, replaced };
}

describe("traits and signals", () => {
  test("the state starts as the model is, and nothing is sent back", async () => {
    const { model, state } = start();
    expect(state.held.value).toEqual([1]);
    expect(state.method.value).toBe("attention");
    expect(state.heads.value).toEqual([[0, 1]]);
    expect(state.view.value).toBe("matrix");
    expect(state.options.value.intensity).toBe(1);
    await Promise.resolve();
    expect(model.saved).toEqual([]);
  });

  test("several changes at once are saved at once", async () => {
    const { model, state } = start();
    state.held.value = [0];
    state.layer.value = 1;
    await Promise.resolve();
    expect(model.saved).toEqual([{ held: [0], layer: 1 }]);
  });

  test("what is changed together is kept together", async () => {
    const { model, state } = start();
    batch(() => {
      state.method.value = "saliency";
      state.heads.value = [[1, 0]];
    });
    expect([state.method.value, state.heads.value]).toEqual(["saliency", [[1, 0]]]);
    await Promise.resolve();
    expect(model.saved).toEqual([{ method: "saliency", heads: [[1, 0]] }]);
  });

  test("what Python sets reaches the state and is not echoed", async () => {
    const { model, state } = start();
    model.receive({ held: [0], view: "text" });
    expect([state.held.value, state.view.value]).toEqual([[0], "text"]);
    await Promise.resolve();
    expect(model.saved).toEqual([]);
  });

  test("an equal value in another array changes nothing", () => {
    const { model, state } = start();
    const before = state.held.value;
    model.receive({ held: [1] });
    expect(state.held.value).toBe(before);
  });

  test("traits a host does not know yet keep their default", () => {
    const { state } = start({ options: undefined, held: undefined, content: undefined });
    expect(state.options.value).toEqual(defaultOptions);
    expect(state.held.value).toEqual([]);
    expect(state.content.value).toEqual(emptyContent);
  });

  test("options that lack a field are completed", () => {
    expect(start({ options: { intensity: 0.4 } }).state.options.value).toEqual({
      ...defaultOptions,
      intensity: 0.4,
    });
  });

  test("new content resets previews and the session, in one step with the rest", () => {
    const { model, state, replaced } = start();
    state.hoveredSteps.value = [1];
    const other = { ...sample, model: "another" };
    model.receive({ content: other, held: [] });
    expect(replaced).toHaveBeenCalledTimes(1);
    expect(state.content.value.model).toBe("another");
    expect([state.hoveredSteps.value, state.held.value]).toEqual([[], []]);
  });

  test("nothing follows after the end", async () => {
    const { model, state, end } = start();
    end.abort();
    state.held.value = [0];
    model.receive({ method: "saliency" });
    await Promise.resolve();
    expect(model.saved).toEqual([]);
    expect(state.method.value).toBe("attention");
  });
});
