/** The colours of the matrix, and the scale above it. */

import { cssColor, cssPixel, ground } from "../../draw/color";
import { numeral } from "../../draw/numerals";
import { diverging, faded, sequential } from "../../draw/ramp";
import type { Field } from "../../scores/field";
import type { ViewContext } from "../../state/selectors";
import type { MatrixParts } from "./parts";
import type { MatrixLook } from "./picture";

export function tableOf({ theme, state }: ViewContext, signed: boolean): Uint32Array {
  const ramp = (signed ? diverging : sequential)(theme.peek());
  return faded(ramp, signed, 0.25 + 0.75 * state.options.peek().intensity);
}

export function lookOf(host: HTMLElement, ctx: ViewContext, signed: boolean): MatrixLook {
  const style = getComputedStyle(host);
  const color = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  return {
    table: tableOf(ctx, signed),
    ink: color("--aw-ink", "#1f2430"),
    soft: color("--aw-soft", "#667085"),
    ground: color("--aw-bg", cssColor(ground[ctx.theme.peek()])),
    accent: color("--aw-accent", "#c2255c"),
    sans: style.fontFamily || "sans-serif",
    mono: "ui-monospace, monospace",
  };
}

export function legend({ bar, low, high }: MatrixParts, field: Field, table: Uint32Array): void {
  const colors = [0, 51, 102, 127, 152, 203, 254].map((q) => cssPixel(table[q] as number));
  bar.style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
  low.textContent = field.signed ? numeral(-field.high, true, field.high) : "0";
  high.textContent = numeral(field.high, field.signed, field.high);
}
