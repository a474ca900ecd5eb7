/** What the person has chosen, as signals. All displays of one explanation share them. */
import { batch, computed, effect, type Signal, signal, untracked } from "@preact/signals-core";
import type { Content } from "../session/content";
import type { Foil } from "../session/foil";
import type { Head, HeadRule } from "../session/heads";
import type { Grouping, SpanRule, UnitRule } from "../session/units";
import { grouped } from "./groups";

/** What was shown when it was pinned. No steps: the whole answer. */
export interface Pin {
  readonly method: string;
  readonly held: readonly number[];
  readonly foil: Foil | null;
  readonly layer: number | null;
  readonly heads: readonly Head[];
}

export interface Options {
  readonly head_rule: HeadRule;
  readonly span_rule: SpanRule;
  readonly intensity: number;
  readonly hide_special: boolean;
  readonly hide_first: boolean;
  readonly hide_target: boolean;
  readonly renormalize: boolean;
  /** What a word drew from earlier words of the answer is passed on to what these drew from. */
  readonly through: boolean;
  readonly show_whitespace: boolean;
  /** The colour scale reaches to the sink, too. */
  readonly scale_sink: boolean;
  /** How much of a row the arcs of the flow view make up: 0.1 to 1. */
  readonly arc_share: number;
  /** What Text and Flow read together, and how its tokens become one. */
  readonly units: Grouping;
  readonly unit_rule: UnitRule;
  /** Sentences that hold little are folded. */
  readonly fold: boolean;
  /** A text that is marked wherever it occurs. */
  readonly search: string;
  /** The part of the attention that Heads shows; "" for the first. */
  readonly part: string;
  /** The head of an encoder that Heads enlarges: none of those held, which are the decoder's. */
  readonly enlarged: Head | null;
  /** What Compare sets side by side; "" for pins if there are some, else for the other explanation if there is one. */
  readonly compare: "" | "other" | "methods" | "pinned";
  /** The method of the second of two; "" for leaving one out, or the one that it begins with. */
  readonly second: string;
  readonly pins: readonly Pin[];
  /** Compare shows one less the other. */
  readonly difference: boolean;
}

export const defaultOptions: Options = {
  head_rule: "mean",
  span_rule: "mean",
  intensity: 0.6,
  hide_special: false,
  hide_first: false,
  hide_target: false,
  renormalize: false,
  through: false,
  show_whitespace: false,
  scale_sink: false,
  arc_share: 0.7,
  units: "token",
  unit_rule: "sum",
  fold: false,
  search: "",
  part: "",
  enlarged: null,
  compare: "",
  second: "",
  pins: [],
  difference: false,
};

export interface Pair {
  readonly part: string;
  readonly head: Head;
  /** A step or, in a part whose rows are tokens, the token that reads. */
  readonly step: number;
  readonly input: number;
}

export interface State {
  /** What Python sent, and the same with the units that are shown. */
  readonly sent: Signal<Content>;
  readonly content: Signal<Content>;
  /** From here to `options`: traits of the widget, which Python reads and sets. */
  readonly held: Signal<readonly number[]>;
  /** The token that the held step is contrasted with. */
  readonly foil: Signal<Foil | null>;
  readonly method: Signal<string>;
  readonly layer: Signal<number | null>;
  readonly heads: Signal<readonly Head[]>;
  /** The id of the view shown. */
  readonly view: Signal<string>;
  readonly options: Signal<Options>;
  /** From here on: not shared with Python. The steps previewed last, which are shown while none is held. */
  readonly previewed: Signal<readonly number[]>;
  /** The method shown before a head was chosen, to which Esc leads back. */
  readonly formerMethod: Signal<string | null>;
  /** The only unit whose tint is shown; null for all. */
  readonly alone: Signal<number | null>;
  /** What is under the pointer. */
  readonly hoveredSteps: Signal<readonly number[]>;
  readonly hoveredInput: Signal<number | null>;
  /** The inputs that were clicked, in a row, as first tokens of units; one is pointed at while nothing else is. */
  readonly selected: Signal<readonly number[]>;
  /** All of the input's word is meant. */
  readonly hoveredWord: Signal<boolean>;
  readonly hoveredHead: Signal<Head | null>;
  /** The pair pointed at last in the picture of a head: a row and a column of a part of the attention, as tokens. */
  readonly pair: Signal<Pair | null>;
  /** A token to bring in sight; a new array each time. */
  readonly sought: Signal<readonly [token: number] | null>;
  /** The part of the text that a chip stands for, with its share and what it says: tokens from the first number up to the second. */
  readonly lit: Signal<readonly [start: number, end: number, share: number, says: string] | null>;
  /** By how many nats each sentence of the answer falls without each document or tool, sentence by sentence; null before that is known. */
  readonly falls: Signal<Float32Array | null>;
  /** Which of the hits of the search was gone to; −1 for none. */
  readonly hit: Signal<number>;
  /** The tokens in sight of a running text. */
  readonly inSight: Signal<readonly [first: number, end: number]>;
}

/** The state that a display starts with. */
export function createState(content: Content): State {
  const state: State = {
    sent: signal(content),
    content: signal(content),
    held: signal([]),
    foil: signal(null),
    method: signal(content.methods[0]?.name ?? ""),
    layer: signal(null),
    heads: signal([]),
    view: signal("text"),
    options: signal(defaultOptions),
    previewed: signal(content.steps.suggested ?? []),
    formerMethod: signal(null),
    alone: signal(null),
    hoveredSteps: signal([]),
    hoveredInput: signal(null),
    selected: signal([]),
    hoveredWord: signal(false),
    hoveredHead: signal(null),
    pair: signal(null),
    sought: signal(null),
    lit: signal(null),
    falls: signal(null),
    hit: signal(-1),
    inSight: signal([0, 0]),
  };
  followUnits(state);
  return state;
}

/** Show what Python sent, in the units that are chosen. */
export function setContent(state: State, sent: Content): void {
  batch(() => {
    state.alone.value = null;
    state.selected.value = [];
    state.sent.value = sent;
    state.content.value = grouped(sent, groupingOf(state));
  });
}

const groupingOf = ({ view, options }: State): Grouping =>
  running.includes(view.value) ? options.value.units : "token";

/** Keep the units those that are chosen for running text. */
function followUnits(state: State): void {
  const by = computed(() => groupingOf(state));
  effect(() => {
    const next = grouped(state.sent.peek(), by.value);
    untracked(() => {
      if (next === state.content.peek() || by.value === (state.content.peek().grouped ?? "token")) return;
      batch(() => {
        state.alone.value = null;
        state.selected.value = [];
        state.content.value = next;
      });
    });
  });
}

/** The views whose units can be chosen. */
const running: readonly string[] = ["text", "flow"];
