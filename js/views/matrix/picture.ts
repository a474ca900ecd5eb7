/** What is painted of the matrix, and in which colours. */
import type { Axis } from "../../draw/heatmap";
import type { Palette } from "../../draw/palette";
import type { Field } from "../../scores/field";
import type { Layout, Spot } from "./layout";

export interface Look extends Palette {
  /** A pixel for each quantised value. */
  readonly table: Uint32Array;
}

export interface Picture {
  readonly field: Field;
  readonly layout: Layout;
  readonly across: Axis;
  readonly down: Axis;
  /** The columns held. */
  readonly held: readonly number[];
  readonly hover: Spot | null;
}
