/** The display of the sample over a session that answers at once, and what a reader does with it. */
import { vi } from "vitest";
import { mountApp } from "./app";
import "./panels/around";
import { noChanges } from "./session/changes";
import type { Foil } from "./session/foil";
import type { HeadShares } from "./session/heads";
import type { StepLens } from "./session/lens";
import type { RequestOptions } from "./session/requests";
import type { ScoreQuery } from "./session/scores";
import type { Session } from "./session/session";
import { sample } from "./session/testing";
import { createState } from "./state/state";
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

/** Answers with `rows`, and keeps what was asked for. */
export class FakeSession implements Session {
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

/** Wait for answers and what follows from them. */
export const settle = () => vi.advanceTimersByTimeAsync(400);

/** Open the display; `close` ends it, and what it changed. */
export async function openApp() {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  const state = createState(sample);
  const session = new FakeSession();
  const end = new AbortController();
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  mountApp(el, { state, session, notes: [] }, end.signal);
  const root = el.shadowRoot as ShadowRoot;
  await settle();
  const unit = (u: number) => root.querySelectorAll<HTMLElement>(".t")[u] as HTMLElement;
  const send = (u: number, event: Event) => unit(u).dispatchEvent(event);
  return {
    state,
    session,
    root,
    end,
    unit,
    say: () => root.querySelector(".sentence")?.textContent,
    point: (u: number) => send(u, new PointerEvent("pointerover", { bubbles: true, composed: true })),
    leave: () => root.querySelector(".txt")?.dispatchEvent(new PointerEvent("pointerleave")),
    click: (u: number, init: MouseEventInit = {}) =>
      send(u, new MouseEvent("click", { bubbles: true, composed: true, ...init })),
    key: (name: string, init: KeyboardEventInit = {}) =>
      (root.activeElement ?? root.querySelector(".aw"))?.dispatchEvent(
        new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true, cancelable: true, ...init }),
      ),
    close: () => {
      end.abort();
      vi.useRealTimers();
      vi.unstubAllGlobals();
    },
  };
}

export type App = Awaited<ReturnType<typeof openApp>>;
