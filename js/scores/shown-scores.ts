/** The scores shown at the moment: those of the steps explained by unit, or those of one input by generated unit. */
import { computed, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";
import type { RequestOptions } from "../session/requests";
import type { MethodInfo, ScoreQuery, Sums } from "../session/scores";
import type { Session } from "../session/session";
import type { Display } from "../state/display";
import {
  foilOf,
  inARow,
  pointedInput,
  restingSteps,
  scoreQuery,
  shownMethod,
  targetSteps,
} from "../state/selectors";
import type { State } from "../state/state";
import { unitsOf } from "../state/units";
import { combine, greatest, massOf, type ScoreOptions, unitScores } from "./combine";
import { disagreement, reference } from "./disagreement";
import { scaleFloor } from "./floor";
import { scoreOptions } from "./options";
import { compared, sinksOf } from "./sink";

export interface ShownScores {
  /** The steps explained; empty when the scores are those of an input. */
  readonly steps: readonly number[];
  readonly input: number | null;
  readonly method: MethodInfo;
  readonly query: ScoreQuery;
  /** For each unit; NaN where there is nothing to show. */
  readonly values: Float32Array;
  /** The same by their sums, where `values` are means or maxima of their tokens. */
  readonly sumsOfUnits: Float32Array;
  /** For each token that is not hidden; null for scores of an input. */
  readonly tokens: Float32Array | null;
  readonly hidden: Uint8Array;
  /** The units that the colour scale leaves out, because each holds much of the row whatever the text says. */
  readonly sinks: readonly number[];
  /** The units explained, where there are several: what one gave to the next is no news. */
  readonly own: readonly number[];
  /** The greatest magnitude among `values`, sinks and the word's own parts left out. */
  readonly greatest: number;
  /** The end of the colour scale: `greatest`, unless the scores are rounding errors alone. */
  readonly high: number;
  /** What the row adds up to, hidden inputs included; null for scores of an input. */
  readonly sum: number | null;
  /** The share of the row, by magnitude, that hidden inputs hold: 0 to 1. */
  readonly hiddenShare: number;
  readonly renormalized: boolean;
  /** The note that all its steps share. */
  readonly note: string | null;
  /** Of one step: what its row adds up from, and the score that it should add up to. */
  readonly sums: Sums | null;
  /** The input that leaving one out puts first, when it orders the inputs unlike these scores; else null. */
  readonly disputed: number | null;
}

export interface Scores {
  readonly shown: ReadonlySignal<ShownScores | null>;
  /** The scores of the steps held or previewed last, else of the whole answer, whatever is under the pointer. */
  readonly held: ReadonlySignal<ShownScores | null>;
}

type Target = Signal<ShownScores | null>;

/** Milliseconds for which the pointer must rest on an input: its scores take every step of a gradient method. */
const rest = 150;
/** An input of more tokens than this takes all rows at once instead of a column each. */
const several = 8;
/** How long old scores may stay while new ones are computed, in milliseconds. */
const grace = 60;

/** Keep the scores shown up to date until the display ends. */
export function createScores(display: Display): Scores {
  const { state } = display;
  const [held, hovered, column]: Target[] = [signal(null), signal(null), signal(null)];
  followSteps(
    display,
    "held",
    computed(() => restingOrAll(state)),
    held as Target,
  );
  followSteps(display, "hovered", state.hoveredSteps, hovered as Target);
  followInput(display, column as Target);
  const shown = computed(() => {
    if (state.hoveredSteps.value.length > 0) return (hovered as Target).value;
    const pointed = pointedInput(state) !== null && restingSteps(state).length === 0;
    return (pointed ? column : held)?.value ?? null;
  });
  return { shown, held: held as Target };
}

function restingOrAll(state: State): readonly number[] {
  const steps = restingSteps(state);
  return steps.length > 0 ? steps : [...Array(state.content.value.steps.count).keys()];
}

function followSteps(
  display: Display,
  lane: string,
  target: ReadonlySignal<readonly number[]>,
  out: Target,
): void {
  const { state, session } = display;
  display.effect(() => {
    const steps = target.value;
    const method = shownMethod(state);
    const query = scoreQuery(state, display.allSteps.value ? null : foilOf(state, steps));
    void state.options.value;
    if (steps.length === 0 || !method) {
      out.value = null;
      void display.run(async () => undefined, lane);
      return;
    }
    // A whole word is compared with its foil in one row.
    const asked = query.foil ? steps.slice(0, 1) : steps;
    const joins = lane === "held" && joinsSteps(display, query, method, steps);
    const show = (rows: readonly Float32Array[]) => {
      const notes = new Set(
        joins ? [session.note(query, steps)] : asked.map((step) => session.note(query, step)),
      );
      const note = notes.size === 1 ? ([...notes][0] ?? null) : null;
      const disputed = disputedBy(session, query, method, steps, rows);
      const scores = rowScores(state, method, steps, rows);
      const high = Math.max(scores.greatest, scaleFloor(session, query, steps));
      const [step] = steps;
      const sums = step !== undefined && steps.length === 1 ? session.sums(query, step) : null;
      out.value = { ...scores, high, method, query, note, sums, disputed };
    };
    // What is known is shown at once, so that everything changes but once.
    const known = asked.length === 1 ? session.known(query, asked[0] as number) : null;
    if (known) {
      void display.run(async () => undefined, lane);
      return untracked(() => show([known]));
    }
    const late = setTimeout(() => {
      out.value = null;
    }, grace);
    const { inputs } = state.content.peek();
    const mean = state.options.peek().span_rule === "mean" ? steps.length : 1;
    void display
      .run(
        (options) =>
          joins && session.joined
            ? session.joined(query, asked, options)
            : session.scores(query, asked, options),
        lane,
      )
      .then((rows) => {
        if (!rows) return;
        if (joins) show([rows.map((v) => v / mean)]);
        else show(asked.map((_, k) => rows.subarray(k * inputs, (k + 1) * inputs)));
        clearTimeout(late);
      });
    return () => clearTimeout(late);
  });
}

/** True if words held together, or the whole answer, take one row in place of theirs, of which two or more are not known. */
function joinsSteps(
  { state, session, allSteps }: Display,
  query: ScoreQuery,
  { joins }: MethodInfo,
  steps: readonly number[],
): boolean {
  if (!joins || !session.joined || query.foil || allSteps.value) return false;
  // A word that was only previewed has its rows already.
  if (state.held.value.length === 0 && state.previewed.value.length > 0) return false;
  const missing = steps.filter((step) => !session.known(query, step));
  return missing.length > 1 && inARow(steps);
}

/** Compare the scores of one step with leaving one out, if that is known already. */
function disputedBy(
  session: Session,
  { foil }: ScoreQuery,
  { name, signed }: MethodInfo,
  steps: readonly number[],
  [row]: readonly Float32Array[],
): number | null {
  const [step] = steps;
  if (step === undefined || !row || steps.length > 1 || name.startsWith(reference)) return null;
  const query: ScoreQuery = { method: reference, layer: null, heads: [], head_rule: "mean" };
  const other = session.known(foil === undefined ? query : { ...query, foil }, step);
  return other && disagreement(row, signed, other);
}

function rowScores(
  state: State,
  method: MethodInfo,
  steps: readonly number[],
  rows: readonly Float32Array[],
): Omit<ShownScores, "query" | "method" | "note" | "sums" | "disputed" | "high"> {
  const content = state.content.peek();
  const options = scoreOptions(state, method);
  const { hidden } = options;
  const units = unitsOf(content);
  const read = (by: ScoreOptions) => unitScores(rows, content.tokens.start, units.inputEnds, by).shown;
  const values = read(options);
  const all = combine(rows, options.spanRule);
  const tokens = hidden.includes(1) ? all.map((v, i) => (hidden[units.of(i)] ? Number.NaN : v)) : all;
  const { sum, total } = massOf(all);
  const own = ownUnits(state, steps);
  const sums = options.unitRule === "sum" ? values : read({ ...options, unitRule: "sum" });
  const others = compared({ values: sums, sinks: [], own });
  const sinks = state.options.value.scale_sink ? [] : sinksOf(others, content);
  return {
    steps,
    input: null,
    values,
    sumsOfUnits: sums,
    tokens,
    hidden,
    sinks,
    own,
    greatest: greatest(compared({ values, sinks, own })),
    sum,
    hiddenShare: total > 0 && tokens !== all ? 1 - massOf(tokens).total / total : 0,
    renormalized: options.renormalize && hidden.includes(1),
  };
}

/** The units that these steps wrote, if they are several of an answer: what one gave to the next is no news. */
function ownUnits(state: State, steps: readonly number[]): readonly number[] {
  const content = state.content.peek();
  return steps.length > 1 && steps.length < content.steps.count ? unitsOf(content).ofSteps(steps) : [];
}

/** While no word of the answer is explained, an input under the pointer shows what it gave to each step. */
function followInput(display: Display, out: Target): void {
  const { state, session } = display;
  display.effect(() => {
    const hovered = pointedInput(state);
    const input = targetSteps(state).length === 0 ? hovered : null;
    const method = shownMethod(state);
    const query = scoreQuery(state);
    void state.options.value.span_rule;
    out.value = null;
    if (input === null || !method) {
      void display.run(async () => undefined, "column");
      return;
    }
    void state.content.value;
    void display
      .run((options) => columns(display, query, input, method.attention ? 0 : rest, options), "column")
      .then((answer) => {
        if (!answer) return;
        const [values, hidden] = [
          columnScores(state, answer),
          new Uint8Array(unitsOf(state.content.peek()).count),
        ];
        const none = {
          steps: [],
          tokens: null,
          hidden,
          sinks: [],
          own: [],
          sum: null,
          hiddenShare: 0,
          renormalized: false,
          note: null,
          sums: null,
          disputed: null,
        };
        const most = greatest(values);
        const all = Array.from({ length: state.content.peek().steps.count }, (_, step) => step);
        const high = Math.max(most, scaleFloor(session, query, all));
        out.value = { ...none, input, method, query, values, sumsOfUnits: values, greatest: most, high };
      });
  });
}

/** The columns of all tokens of the unit that `input` belongs to. */
async function columns(
  { state, session }: Display,
  query: ScoreQuery,
  input: number,
  delay: number,
  options: RequestOptions,
): Promise<Float32Array[]> {
  const units = unitsOf(state.content.peek());
  const [start, end] = [units.start(units.of(input)), units.end(units.of(input))];
  await pause(delay, options.signal);
  if (end - start > several) return [await sumOfColumns(session, query, [start, end], state, options)];
  const tokens = Array.from({ length: end - start }, (_, k) => start + k);
  return Promise.all(tokens.map((token) => session.column(query, token, options)));
}

/** The sum of the columns of many tokens, from the scores of all steps. */
async function sumOfColumns(
  session: Session,
  query: ScoreQuery,
  [start, end]: readonly [number, number],
  state: State,
  options: RequestOptions,
): Promise<Float32Array> {
  const { inputs, steps } = state.content.peek();
  const rows = await session.scores(query, [...Array(steps.count).keys()], options);
  return Float32Array.from({ length: steps.count }, (_, step) => {
    const known = rows.subarray(step * inputs + start, step * inputs + end).filter((v) => !Number.isNaN(v));
    return known.length > 0 ? known.reduce((sum, v) => sum + v, 0) : Number.NaN;
  });
}

function columnScores(state: State, tokens: readonly Float32Array[]): Float32Array {
  const units = unitsOf(state.content.peek());
  const rule = state.options.peek().span_rule;
  const scores = combine(tokens, "sum");
  return Float32Array.from({ length: units.count }, (_, u) => {
    const own = units.steps(u).map((step) => Float32Array.of(scores[step] as number));
    return own.length > 0 ? (combine(own, rule)[0] as number) : Number.NaN;
  });
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => resolve());
  });
}
