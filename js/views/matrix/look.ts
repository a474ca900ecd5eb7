/** The colours of the matrix, and the scale above it. */
import type { Context } from "../../context";
import { cssPixel } from "../../draw/color";
import { numeral } from "../../draw/numerals";
import { paletteOf } from "../../draw/palette";
import { diverging, faded, sequential } from "../../draw/ramp";
import type { Field } from "../../scores/field";
import type { MatrixParts } from "./parts";
import type { Look } from "./picture";

/** The colours of the theme, faded by the option `intensity`. */
export function lookOf(host: HTMLElement, { theme, state }: Context, signed: boolean): Look {
  const ramp = (signed ? diverging : sequential)(theme.peek());
  const table = faded(ramp, signed, 0.25 + 0.75 * state.options.peek().intensity);
  return { ...paletteOf(host), table };
}

/** Show the colours and the ends of the scale. */
export function updateLegend({ bar, low, high, facts }: MatrixParts, field: Field, { table }: Look): void {
  const colors = [0, 51, 102, 127, 152, 203, 254].map((q) => cssPixel(table[q] as number));
  bar.style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
  low.textContent = field.signed ? numeral(-field.high, true, field.high) : "0";
  high.textContent = numeral(field.high, field.signed, field.high);
  const beyond = field.greatest > field.high * 1.02;
  facts.textContent = beyond
    ? `1 % of cells have more, up to ${numeral(field.greatest, false, field.high)}`
    : "";
}
