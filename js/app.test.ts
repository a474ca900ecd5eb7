// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountApp } from "./app";
import "./panels/around";
import { noChanges } from "./session/changes";
import type { Foil, HeadShares, RequestOptions, ScoreQuery, Session, StepLens } from "./session/session";
import { sample } from "./session/testing";
import { createState, type State } from "./state/state";
import { headShares, layersOf } from "./testing";

const rows: Record<string, number[][]> = {
  saliency: [
    [0.25, 0.75, Number.NaN],
    [0.125, 0.5, 0.375],
  ],
  input_x_gradient: [
    [-1, 2, Number.NaN],
    [0.5, 1, -1],
  ],
  attention: [
    [0.5, 0.5, Number.NaN],
    [0.2, 0.2, 0.6],
  ],
};

class FakeSession implements Session {
  readonly changes = noChanges;
  readonly asked: ScoreQuery[] = [];
  readonly shaded: Parameters<Session["heads"]>[] = [];
  trouble: Error | null = null;
  async scores(
    query: ScoreQuery,
    steps: readonly number[],
    _options?: RequestOptions,
  ): Promise<Float32Array> {
    this.asked.push(query);
    if (this.trouble) throw this.trouble;
    return Float32Array.from(steps.flatMap((step) => rows[query.method]?.[step] ?? []));
  }
  known(): null {
    return null;
  }
  note(query: ScoreQuery, step: number): string | null {
    return query.method === "saliency" ? `note of step ${step}` : null;
  }
  sums(): null {
    return null;
  }
  async column(query: ScoreQuery, input: number): Promise<Float32Array> {
    return Float32Array.from([0, 1], (step) => rows[query.method]?.[step]?.[input] ?? Number.NaN);
  }
  async map(): Promise<never> {
    throw new Error("not in this test");
  }
  async headMap(): Promise<never> {
    throw new Error("no map");
  }
  async ask(): Promise<never> {
    throw new Error("not in this test");
  }
  async glance(): Promise<never> {
    throw new Error("not in this test");
  }
  async heads(...args: Parameters<Session["heads"]>): Promise<HeadShares> {
    this.shaded.push(args);
    return headShares(4, args[1]);
  }
  knownHeads(): null {
    return null;
  }
  async check(): Promise<never> {
    throw new Error("not in this test");
  }
  checked(): null {
    return null;
  }
  async lens(steps: readonly number[]): Promise<readonly StepLens[]> {
    return steps.map((step) => layersOf(step, 5));
  }
  knownLens(): null {
    return null;
  }
  async foil(step: number, text: string): Promise<Foil> {
    if (text === "is") throw new Error("“is” is what the model said there.");
    return { step, ids: [40], text: ` ${text.slice(0, 3)}` };
  }
}

let state: State;
let session: FakeSession;
let end: AbortController;
let root: ShadowRoot;

const settle = () => vi.advanceTimersByTimeAsync(400);
const unit = (u: number) => root.querySelectorAll<HTMLElement>(".t")[u] as HTMLElement;
const say = () => root.querySelector(".sentence")?.textContent;
const point = (u: number) =>
  unit(u).dispatchEvent(new PointerEvent("pointerover", { bubbles: true, composed: true }));
const leave = () => root.querySelector(".txt")?.dispatchEvent(new PointerEvent("pointerleave"));
const click = (u: number, init: MouseEventInit = {}) =>
  unit(u).dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true, ...init }));
const key = (name: string, init: KeyboardEventInit = {}) =>
  (root.activeElement ?? root.querySelector(".aw"))?.dispatchEvent(
    new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true, cancelable: true, ...init }),
  );

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  state = createState(sample);
  session = new FakeSession();
  end = new AbortController();
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  mountApp(el, { state, session, notes: [] }, end.signal);
  root = el.shadowRoot as ShadowRoot;
  await settle();
});
afterEach(() => {
  end.abort();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("nothing chosen: the footer names the next action", () => {
  expect(say()).toContain("Hover a word of the answer");
});

test("hover previews and stays, click holds, leaving falls back, a second click lets go", async () => {
  point(3);
  await settle();
  expect(say()).toContain("Explaining 東, token 2 of 2");
  leave();
  expect(say()).toContain("Explaining 東, token 2 of 2");
  click(2);
  expect(state.held.value).toEqual([0]);
  point(3);
  expect(say()).toContain("東");
  leave();
  await settle();
  expect(say()).toContain("Explaining is, token 1 of 2");
  click(2);
  expect(state.held.value).toEqual([]);
});

test("a screen reader is told that the display is busy until the scores of what is shown have come", async () => {
  const busy = () => root.querySelector(".main")?.getAttribute("aria-busy");
  expect(busy()).toBe("false");
  click(2);
  expect(busy()).toBe("true");
  await settle();
  await settle();
  expect(busy()).toBe("false");
  click(2);
  point(0);
  expect(busy()).toBe("true");
  leave();
  await settle();
  await settle();
  expect(busy()).toBe("false");
});

test("shift-click extends to a span", async () => {
  click(2);
  click(3, { shiftKey: true });
  expect(state.held.value).toEqual([0, 1]);
  await settle();
  expect(say()).toContain("tokens 1–2 of 2, mean of 2 steps");
  expect([0, 1, 2, 3].map((u) => unit(u).getAttribute("aria-selected"))).toEqual([
    "false",
    "false",
    "true",
    "true",
  ]);
});

test("the footer ends with the note of the step; steps with different notes have none", async () => {
  click(2);
  await settle();
  expect(say()).toMatch(/ · note of step 0$/);
  click(3, { shiftKey: true });
  await settle();
  expect(say()).toContain("2 steps");
  expect(say()).not.toContain("note of");
});

test("a click on the prompt changes nothing", () => {
  click(2);
  click(1);
  expect(state.held.value).toEqual([0]);
});

test("a word of the prompt shows its number for what is held", async () => {
  click(3);
  await settle();
  point(1);
  await settle();
  expect(root.querySelector(".tip")?.textContent).toBe("Paris → 東 .500");
  expect(unit(1).getAttribute("aria-description")).toBe("gave 0.500");
});

test("with nothing held, a word of the prompt tells what it fed", async () => {
  point(1);
  await settle();
  expect(say()).toContain("Paris gave most to is: .750");
});

test("keys move the cursor, hold and let go", async () => {
  unit(0).focus();
  for (const name of ["End", "ArrowLeft", "Enter"]) key(name);
  expect(root.activeElement).toBe(unit(2));
  expect([...root.querySelectorAll(".t[tabindex]")]).toEqual([unit(2)]);
  expect(state.held.value).toEqual([0]);
  key("Escape");
  expect(state.held.value).toEqual([]);
});

test("brackets choose a layer, and attention with it", async () => {
  click(3);
  key("]");
  expect([state.method.value, state.layer.value]).toEqual(["attention", 0]);
  await settle();
  expect(session.asked.at(-1)).toEqual({ method: "attention", layer: 0, heads: [], head_rule: "mean" });
  expect(say()).toContain("attention of layer 1, mean of its 2 heads");
});

test("methods are switched by the bar", async () => {
  click(3);
  [...root.querySelectorAll<HTMLElement>("header [role=radio]")]
    .find((b) => b.textContent === "Attention")
    ?.click();
  await settle();
  expect(state.method.value).toBe("attention");
  expect(root.querySelector(".legend")?.textContent).toContain(".600");
});

test("hidden tokens leave the scale, and the legend says what they held", async () => {
  click(3);
  state.options.value = { ...state.options.value, hide_special: true, renormalize: true };
  await settle();
  expect(root.querySelector(".legend")?.textContent).toContain("hidden tokens hold 13 %, given to the rest");
  point(1);
  await settle();
  expect(root.querySelector(".tip")?.textContent).toBe("Paris → 東 .571");
});

test("an error is shown with a way back", async () => {
  session.trouble = new Error("The model is gone.");
  click(3);
  await settle();
  expect(root.querySelector("[role=alert] span")?.textContent).toBe("The model is gone.");
  session.trouble = null;
  root.querySelector<HTMLElement>(".trouble button")?.click();
  await settle();
  expect(root.querySelector("[role=alert]")).toBeNull();
  expect(root.querySelector(".legend")?.textContent).toContain(".500");
});

test("new content replaces the old", async () => {
  click(3);
  state.held.value = [];
  state.content.value = {
    ...sample,
    tokens: { ...sample.tokens, text: ["<s>", " Rome", " was", " x"] },
  };
  await settle();
  expect([...root.querySelectorAll(".t")].map((t) => t.textContent)).toEqual(["<s>", "Rome", "was", "x"]);
});

test("a second display follows the same state", async () => {
  const el = document.createElement("div");
  document.body.append(el);
  mountApp(el, { state, session, notes: ["A note."] }, end.signal);
  click(3);
  await settle();
  expect(el.shadowRoot?.querySelector(".sentence")?.textContent).toContain("東");
  expect(el.shadowRoot?.querySelector(".notes")?.textContent).toBe("A note.");
});

const chips = () =>
  [...root.querySelectorAll<HTMLElement>(".instead li:not([hidden]) button")].map((chip) => ({
    chip,
    text: chip.textContent,
    pressed: chip.getAttribute("aria-pressed") === "true",
  }));
const type = async (text: string) => {
  const input = root.querySelector<HTMLInputElement>(".instead input") as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await settle();
};

test("a chip asks why not, again or Esc lets go of the foil alone", async () => {
  state.method.value = "input_x_gradient";
  click(2);
  await settle();
  expect(chips()).toMatchObject([{ text: "was.125", pressed: false }]);
  chips()[0]?.chip.click();
  await settle();
  expect(state.foil.value).toEqual({ step: 0, ids: [7], text: " was" });
  expect(session.asked.at(-1)).toMatchObject({ method: "input_x_gradient", foil: [7] });
  expect(say()).toBe(
    "Why is and not was, token 1 of 2 · p = .750 · rank 1 · input × gradient of logit minus the foil's",
  );
  expect(root.querySelector(".legend")?.textContent).toContain("solid for it, dashed for the other");
  expect(chips()).toMatchObject([{ pressed: true }]);
  point(3);
  await settle();
  expect(session.asked.at(-1)).not.toHaveProperty("foil");
  leave();
  await settle();
  chips()[0]?.chip.click();
  expect([state.held.value, state.foil.value]).toEqual([[0], null]);
  await settle();
  chips()[0]?.chip.click();
  unit(2).focus();
  key("Escape");
  expect([state.held.value, state.foil.value]).toEqual([[0], null]);
  key("Escape");
  expect(state.held.value).toEqual([]);
});

test("holding something else lets go of the foil", async () => {
  click(2);
  await settle();
  chips()[0]?.chip.click();
  expect(state.foil.value).not.toBeNull();
  click(3);
  expect([state.held.value, state.foil.value]).toEqual([[1], null]);
});

test("a method without use for a foil says so", async () => {
  click(2);
  await settle();
  chips()[0]?.chip.click();
  await settle();
  expect(session.asked.at(-1)).not.toHaveProperty("foil");
  expect(say()).toContain("Explaining is,");
  expect(say()).toContain("not against was: Saliency takes no foil");
});

test("any word may be a foil", async () => {
  click(2);
  await settle();
  await type("is");
  expect(root.querySelector(".message")?.textContent).toBe("“is” is what the model said there.");
  await type("wasn't");
  expect(state.foil.value).toEqual({ step: 0, ids: [40], text: " was" });
  expect(chips()).toMatchObject([{ pressed: false }, { text: "was", pressed: true }]);
  expect(root.querySelector(".message")?.textContent).toBe("");
  key("Escape");
  await settle();
  expect(chips()).toHaveLength(1);
});

test("without the model chips say why they cannot be asked about", async () => {
  state.content.value = { ...sample, contrast: {} };
  click(2);
  await settle();
  chips()[0]?.chip.click();
  expect(state.foil.value).toBeNull();
  expect(chips()[0]?.chip.getAttribute("aria-disabled")).toBe("true");
  expect(chips()[0]?.chip.title).toContain("needs the model");
  expect(root.querySelector<HTMLElement>(".instead input")?.hidden).toBe(true);
});

test("what is held is spoken with what carried it", async () => {
  click(3);
  await settle();
  await settle();
  expect(root.querySelector("[aria-live]")?.textContent).toContain("Holding 東, probability 0.500.");
  expect(root.querySelector("[aria-live]")?.textContent).toContain("Most from Paris 0.500");
});

test("nothing is left after the end", () => {
  end.abort();
  expect(root.childElementCount).toBe(0);
});

test("the heads are those that fed the word held, whatever method is shown", async () => {
  state.held.value = [1];
  await settle();
  expect(session.shaded.at(-1)?.slice(0, 3)).toEqual([[1], null, null]);
  expect(root.querySelector(".aw-picker .title")?.textContent).toBe("Heads that fed “東”");
  expect(root.querySelector(".aw-picker .range")?.textContent).toBe("equal share .250.533");
  const asked = session.shaded.length;
  state.method.value = "input_x_gradient";
  await settle();
  expect(session.shaded.length).toBe(asked);
});

test("the keys are named after what they move between", () => {
  const keys = () => root.querySelector(".keys")?.textContent;
  expect(keys()).toContain("→ token[");
  state.content.value = { ...sample, steps: { ...sample.steps, step_noun: ["class", "classes"] } };
  expect(keys()).toContain("→ token or class[");
});
