/** What is painted of the matrix, and in which colours. */

import type { Axis } from "../../draw/heatmap";
import type { Field } from "../../scores/field";
import type { Layout } from "./layout";

export interface MatrixLook {
  readonly table: Uint32Array;
  readonly ink: string;
  readonly soft: string;
  readonly ground: string;
  readonly accent: string;
  readonly sans: string;
  readonly mono: string;
}

export interface MatrixPicture {
  readonly field: Field;
  readonly layout: Layout;
  readonly across: Axis;
  readonly down: Axis;
  readonly held: readonly number[];
  readonly hover: { readonly row: number; readonly column: number } | null;
}

export type Paper = CanvasRenderingContext2D;
