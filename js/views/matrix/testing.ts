/** A filled field of three inputs and two generated tokens, for the tests of the matrix. */
import type { ScoreOptions } from "../../scores/combine";
import { Field } from "../../scores/field";
import { shapeOf } from "../../scores/shape";
import { sample } from "../../session/testing";
import { rows } from "../../testing";
import { layoutOf } from "./layout";
import type { Look, Picture } from "./picture";

export const plain: ScoreOptions = { hidden: new Uint8Array(4), renormalize: false, spanRule: "mean" };

export function filledField(options: Partial<ScoreOptions> = {}, signed = false): Field {
  const field = new Field(shapeOf(sample), { signed }, { ...plain, ...options });
  field.put([0, 1], Float32Array.from(rows.flat()));
  return field;
}

export const look = {
  ink: "ink",
  soft: "soft",
  accent: "accent",
  ground: "ground",
  sans: "sans",
  mono: "mono",
  table: Uint32Array.from({ length: 256 }, (_, q) => q),
} as unknown as Look;

export function picture(more: Partial<Picture> = {}, scale = 60): Picture {
  const across = { offset: 0, scale };
  const layout = layoutOf(400, 60, 3, 2, scale);
  return {
    field: filledField(),
    layout,
    across,
    down: { offset: 0, scale: 26 },
    held: [],
    hover: null,
    ...more,
  };
}
