/** The colours of a figure, mixed with its ground. */
import { ground, ink, over, type Rgb, type Theme } from "../../draw/color";
import { tint } from "../../draw/ramp";
import type { Picture, Piece } from "./picture";

export interface Inks {
  readonly ground: string;
  readonly ink: string;
  readonly soft: string;
  readonly later: string;
  readonly said: string;
}

const digits = (rgb: Rgb): string => rgb.map((c) => c.toString(16).padStart(2, "0")).join("");

const others = {
  light: { soft: "5b6372", later: "8d929c", said: "c2255c" },
  dark: { soft: "9aa1ae", later: "858993", said: "f783ac" },
} as const;

/** Colours as rrggbb. */
export const inksOf = (theme: Theme): Inks => ({
  ground: digits(ground[theme]),
  ink: digits(ink[theme]),
  ...others[theme],
});

/** The tint of a share, -1 to 1, as rrggbb. */
export function tinted({ signed, intensity }: Picture, share: number, theme: Theme): string {
  const tints = tint(theme);
  const { rgb, alpha } = !signed ? tints.unsigned : share < 0 ? tints.negative : tints.positive;
  return digits(over(rgb, ground[theme], Math.abs(share) * intensity * alpha));
}

/** Too faint to see. */
export const faint = 0.004;

/** True if a piece speaks against what is explained, and is underlined: colour alone does not show it. */
export const against = ({ signed }: Picture, { share }: Piece): boolean => signed && share < -0.03;
