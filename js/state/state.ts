/** What the person has chosen, as signals. Shared by every display of one explanation. */
import { type Signal, signal } from "@preact/signals-core";
import type { Content, Foil, Head, HeadRule } from "../session/session";

export interface Options {
  readonly head_rule: HeadRule;
  readonly span_rule: "mean" | "sum";
  readonly intensity: number;
  readonly hide_special: boolean;
  readonly hide_first: boolean;
  readonly hide_target: boolean;
  readonly renormalize: boolean;
  readonly show_whitespace: boolean;
}

export type View = "text" | "matrix";

export const defaultOptions: Options = {
  head_rule: "mean",
  span_rule: "mean",
  intensity: 0.6,
  hide_special: false,
  hide_first: false,
  hide_target: false,
  renormalize: false,
  show_whitespace: false,
};

export interface State {
  readonly content: Signal<Content>;
  /** Traits of the widget: readable and settable from Python. */
  readonly held: Signal<readonly number[]>;
  /** What the step held might have been instead. */
  readonly foil: Signal<Foil | null>;
  readonly method: Signal<string>;
  readonly layer: Signal<number | null>;
  readonly heads: Signal<readonly Head[]>;
  readonly view: Signal<View>;
  readonly options: Signal<Options>;
  /** Previews, of this page alone: the steps, the input or the head under the pointer. */
  readonly hoveredSteps: Signal<readonly number[]>;
  readonly hoveredInput: Signal<number | null>;
  readonly hoveredHead: Signal<Head | null>;
}

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
    hoveredSteps: signal([]),
    hoveredInput: signal(null),
    hoveredHead: signal(null),
  };
}
