/** What is shown at the moment, ready to draw: a row of scores by unit, or what one input gave to each written unit. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { MethodInfo, RequestOptions, Selection } from "../session/session";
import { selection, shownMethod, type ViewContext } from "../state/selectors";
import { unitsOf } from "../state/units";
import { combine, greatest, toUnits, withoutHidden } from "./combine";

export interface Reading {
  /** The steps explained; empty when it is an input that is asked about. */
  readonly steps: readonly number[];
  readonly input: number | null;
  readonly method: MethodInfo;
  readonly selection: Selection;
  /** As computed: one number for each input, or for each step when it is an input that is asked about. */
  readonly exact: Float32Array;
  /** For each unit; NaN where there is nothing to show. */
  readonly values: Float32Array;
  readonly hidden: Uint8Array;
  /** The greatest magnitude among `values`. */
  readonly high: number;
  /** How much of the row (by magnitude) hidden inputs hold, 0 to 1. */
  readonly hiddenShare: number;
  readonly renormalized: boolean;
  /** What all its steps have to say beside their numbers. */
  readonly note: string | null;
}

export interface Readings {
  readonly shown: ReadonlySignal<Reading | null>;
  /** Of what is held, whatever is under the pointer. */
  readonly held: ReadonlySignal<Reading | null>;
}

/** A column of a gradient method needs every step: wait until the pointer rests. */
const rest = 150;
/** An old picture may stand this long under a new label. */
const grace = 60;

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => clearTimeout(timer));
  });

export function createReadings(ctx: ViewContext): Readings {
  const { state, session } = ctx;
  const held = signal<Reading | null>(null);
  const hovered = signal<Reading | null>(null);
  const column = signal<Reading | null>(null);

  function rowOf(
    steps: readonly number[],
    exactRows: Float32Array,
  ): Omit<Reading, "selection" | "method" | "note"> {
    const units = unitsOf(state.content.peek());
    const options = state.options.peek();
    const inputs = exactRows.length / steps.length;
    const rows = steps.map((_, k) => exactRows.subarray(k * inputs, (k + 1) * inputs));
    const exact = combine(rows, options.span_rule);
    const whole = toUnits(exact, state.content.peek().tokens.start, units.inputEnds);
    const hidden = units.hidden(options);
    const renormalized = options.renormalize && !shownMethod(state)?.signed && hidden.includes(1);
    const values = withoutHidden(whole, hidden, renormalized);
    const total = magnitude(whole, null);
    const hiddenShare = total > 0 ? magnitude(whole, hidden) / total : 0;
    return { steps, input: null, exact, values, hidden, high: greatest(values), hiddenShare, renormalized };
  }

  function watch(lane: string, target: ReadonlySignal<readonly number[]>, out: typeof held): void {
    ctx.effect(() => {
      const steps = target.value;
      const method = shownMethod(state);
      const chosen = selection(state, steps);
      state.options.value;
      if (steps.length === 0 || !method) {
        out.value = null;
        ctx.run(async () => undefined, lane);
        return;
      }
      const late = setTimeout(() => {
        out.value = null;
      }, grace);
      ctx
        .run((options) => session.scores(chosen, steps, options), lane)
        .then((rows) => {
          const notes = new Set(steps.map((step) => session.note(chosen, step)));
          const note = notes.size === 1 ? ([...notes][0] ?? null) : null;
          if (rows) out.value = { ...rowOf(steps, rows), method, selection: chosen, note };
          if (rows) clearTimeout(late);
        });
      return () => clearTimeout(late);
    });
  }

  const heldSteps = computed(() => state.held.value);
  watch("held", heldSteps, held);
  watch(
    "hovered",
    computed(() => state.hoveredSteps.value),
    hovered,
  );

  ctx.effect(() => {
    const input = state.hoveredInput.value;
    const asked = state.held.value.length === 0 && state.hoveredSteps.value.length === 0 ? input : null;
    const method = shownMethod(state);
    const chosen = selection(state);
    const rule = state.options.value.span_rule;
    column.value = null;
    if (asked === null || !method) {
      ctx.run(async () => undefined, "column");
      return;
    }
    const units = unitsOf(state.content.value);
    const unit = units.of(asked);
    const work = async (options: RequestOptions) => {
      await pause(method.attention ? 0 : rest, options.signal);
      const tokens = Array.from(
        { length: units.end(unit) - units.start(unit) },
        (_, k) => units.start(unit) + k,
      );
      return Promise.all(tokens.map((token) => session.column(chosen, token, options)));
    };
    ctx.run(work, "column").then((columns) => {
      if (!columns) return;
      const exact = combine(columns, "sum");
      const values = Float32Array.from({ length: units.count }, (_, u) => {
        const own = units.steps(u).map((step) => Float32Array.of(exact[step] as number));
        return own.length > 0 ? (combine(own, rule)[0] as number) : Number.NaN;
      });
      const hidden = new Uint8Array(units.count);
      const high = greatest(values);
      const base = { steps: [], input: asked, method, selection: chosen, exact, values, hidden, high };
      column.value = { ...base, hiddenShare: 0, renormalized: false, note: null };
    });
  });

  const shown = computed(() => {
    if (state.hoveredSteps.value.length > 0) return hovered.value;
    if (state.held.value.length > 0) return held.value;
    return column.value;
  });
  return { shown, held };
}

function magnitude(values: Float32Array, only: Uint8Array | null): number {
  let sum = 0;
  values.forEach((v, i) => {
    if (!Number.isNaN(v) && (!only || only[i])) sum += Math.abs(v);
  });
  return sum;
}

/** Changes the preview in one go. */
export function preview(ctx: ViewContext, steps: readonly number[], input: number | null): void {
  const { hoveredSteps, hoveredInput } = ctx.state;
  const same =
    steps.length === hoveredSteps.peek().length && steps.every((s, k) => s === hoveredSteps.peek()[k]);
  if (same && input === hoveredInput.peek()) return;
  batch(() => {
    if (!same) hoveredSteps.value = steps;
    hoveredInput.value = input;
  });
}
