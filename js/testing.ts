/** A context without a kernel, for the tests of views and panels. */
import { computed, effect, signal } from "@preact/signals-core";
import { vi } from "vitest";
import type { ViewContext } from "./context";
import { createScores } from "./scores/shown-scores";
import type { Asked } from "./session/answers";
import type { Content } from "./session/content";
import type { HeadShares } from "./session/heads";
import type { StepLens } from "./session/lens";
import type { RequestOptions } from "./session/requests";
import type { ScoreQuery, Sums } from "./session/scores";
import type { Session } from "./session/session";
import { sample } from "./session/testing";
import type { Display } from "./state/display";
import { createState } from "./state/state";

const nan = Number.NaN;
/** The scores of each step of `sample`. */
export const rows: readonly (readonly number[])[] = [
  [0.25, 0.75, nan],
  [0.125, 0.5, 0.375],
];

/** What `ask` answers. */
const answers: Record<string, Float32Array> = {
  query_key: Float32Array.of(2, -1, 1.5, 4),
  experts: Float32Array.of(0.5, 0, 0.25, nan, nan, nan),
  expert_inputs: Float32Array.of(0, 0.5, 0.25),
};

/** What `count` heads give: the last one most. */
export function headShares(count: number, of: number | null = null): HeadShares {
  const total = (count * (count + 1) * (2 * count + 1)) / 6;
  const shares = Float32Array.from({ length: count }, (_, k) => (k + 1) ** 2 / total);
  return { shares, of, reading: "gradient", sinks: [[0, 0.42]], top: [[0, count - 1, 0.5, [1]]] };
}

/** What four layers would have said: " the" twice, then what was said, rising in p. */
export function layersOf(step: number, top: number): StepLens {
  const likely = [" the", " the", "said", "said"].flatMap((word) =>
    [step === 0 ? word : " the", " a", " b", " c", " d"].slice(0, top),
  );
  const p = [0.25, 0.5, 0.5, 0.75].flatMap((one) => [one, 0.125, 0.0625, 0.03125, 0].slice(0, top));
  return {
    top,
    said: Float32Array.of(0, 0.25, 0.5, 0.75),
    rank: Float32Array.of(9, 2, 1, 1),
    words: likely,
    p: Float32Array.from(p),
    rivals: new Float32Array(),
  };
}

/** A context that ends with `end`, and what was asked of its session and announced. */
export function setUp(over: Partial<Content> = {}, steps = rows) {
  const content: Content = { ...sample, ...over };
  const state = createState(content);
  const heads = content.layers * content.heads;
  const session = {
    scores: vi.fn(async (_: ScoreQuery, wanted: readonly number[]) =>
      Float32Array.from(wanted.flatMap((s) => steps[s] ?? [])),
    ),
    heads: vi.fn(async (_: unknown, input: number | null, ..._rest: unknown[]) => headShares(heads, input)),
    knownHeads: vi.fn((): HeadShares | null => null),
    column: vi.fn(async (_: ScoreQuery, input: number) =>
      Float32Array.from(steps, (row) => row[input] ?? nan),
    ),
    map: vi.fn(),
    ask: vi.fn(
      async (op: string): Promise<Asked> => ({
        meta: op === "query_key" ? { scale: 0.5, weight: 0.25 } : {},
        numbers: answers[op] ?? new Float32Array(),
      }),
    ),
    headMap: vi.fn(async (_part: string, _head: unknown, r: number, c: number) =>
      Float32Array.from({ length: r * c }, (_, k) => k / 100),
    ),
    glance: vi.fn(async (r: number, c: number) => ({
      rows: r,
      cols: c,
      high: 0.5,
      values: new Uint8Array(heads * r * c).map((_, k) => k % 255),
    })),
    known: vi.fn(() => null),
    note: vi.fn((): string | null => null),
    sums: vi.fn((): Sums | null => null),
    foil: vi.fn(),
    changes: {
      try: vi.fn(),
      likely: vi.fn(async () => []),
      keep: vi.fn(async () => undefined),
      writeOn: vi.fn(async () => undefined),
      back: vi.fn(async () => undefined),
    },
    check: vi.fn(),
    checked: vi.fn(() => null),
    lens: vi.fn(async (wanted: readonly number[], _?: unknown, ids: readonly (number | null)[] = []) =>
      wanted.map((step) => ({ ...layersOf(step, 5), rivals: new Float32Array(4 * ids.length).fill(0.125) })),
    ),
    knownLens: vi.fn((): StepLens | null => null),
  };
  const end = new AbortController();
  const announced: string[] = [];
  const display: Display = {
    state,
    session: session as unknown as Session,
    theme: signal("light"),
    signal: end.signal,
    allSteps: computed(() => state.view.value === "matrix"),
    announce: (text) => announced.push(text),
    run: async <T>(work: (options: RequestOptions) => Promise<T>) => work({ signal: end.signal }),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    effect: (body) => end.signal.addEventListener("abort", effect(body)),
    later: (body) => end.signal.addEventListener("abort", effect(body)),
  };
  const scores = createScores(display);
  const ctx: ViewContext = {
    ...display,
    other: null,
    legend: signal(null),
    scores,
    open: signal(true),
    mountPart: (part, to) => {
      if (part instanceof Promise) return part.then((unpacked) => unpacked.mount(to, ctx));
      part.mount(to, ctx);
    },
  };
  const host = document.createElement("div");
  document.body.append(host);
  return { state, session, ctx, host, end, announced };
}

/** Wait for answers and frames, in small steps: after a pause of a busy machine, timers that start each other still come before the last step. */
export async function settle(ms = 30): Promise<void> {
  for (let waited = 0; waited < ms; waited += 3) await new Promise((resolve) => setTimeout(resolve, 3));
}

export function press(element: Element, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  element.dispatchEvent(event);
  return event;
}

/** The grid of a view, and the cell of it that is spoken. */
export const gridOf = (host: HTMLElement) => host.querySelector("[role=grid]") as HTMLElement;
export function activeCell(host: HTMLElement): HTMLElement {
  const id = gridOf(host).getAttribute("aria-activedescendant") ?? "";
  return host.querySelector(`#${id}`) as HTMLElement;
}

export interface Stroke {
  readonly name: string;
  readonly args: readonly unknown[];
  /** The style when it was called. */
  readonly fillStyle: unknown;
  readonly strokeStyle: unknown;
  readonly globalAlpha: unknown;
  readonly dash: readonly number[];
}

/** A canvas context that records what is painted; each letter is 7 pixels wide. */
export function recordingPaper() {
  const strokes: Stroke[] = [];
  const style: Record<string, unknown> = {
    canvas: { width: 400, height: 300, style: {} },
    globalAlpha: 1,
    font: "",
  };
  let dash: readonly number[] = [];
  const call =
    (name: string) =>
    (...args: unknown[]) => {
      if (name === "setLineDash") dash = args[0] as number[];
      const { fillStyle, strokeStyle, globalAlpha } = style;
      strokes.push({ name, args, fillStyle, strokeStyle, globalAlpha, dash });
    };
  const paper = new Proxy(style, {
    get: (own, name: string) =>
      name in own
        ? own[name]
        : name === "measureText"
          ? (text: string) => ({ width: 7 * text.length })
          : call(name),
  }) as unknown as CanvasRenderingContext2D;
  const of = (name: string) => strokes.filter((stroke) => stroke.name === name);
  return { paper, of, texts: () => of("fillText").map(({ args }) => args[0]) };
}
