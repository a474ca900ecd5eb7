/** What the person has chosen, as signals. All displays of one explanation share them. */
import { type Signal, signal } from "@preact/signals-core";
import type { Content, Foil, Head, HeadRule, SpanRule } from "../session/session";

export interface Options {
  readonly head_rule: HeadRule;
  readonly span_rule: SpanRule;
  readonly intensity: number;
  readonly hide_special: boolean;
  readonly hide_first: boolean;
  readonly hide_target: boolean;
  readonly renormalize: boolean;
  readonly show_whitespace: boolean;
  /** The colour scale reaches to the sink, too. */
  readonly scale_sink: boolean;
  /** How much of a row the arcs of the flow view make up: 0.1 to 1. */
  readonly arc_share: number;
}

export const defaultOptions: Options = {
  head_rule: "mean",
  span_rule: "mean",
  intensity: 0.6,
  hide_special: false,
  hide_first: false,
  hide_target: false,
  renormalize: false,
  show_whitespace: false,
  scale_sink: false,
  arc_share: 0.7,
};

export interface State {
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
  /** All of the input's word is meant. */
  readonly hoveredWord: Signal<boolean>;
  readonly hoveredHead: Signal<Head | null>;
}

/** The state that a display starts with. */
export function createState(content: Content): State {
  return {
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
    hoveredWord: signal(false),
    hoveredHead: signal(null),
  };
}
