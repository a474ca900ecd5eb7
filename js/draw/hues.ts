/** Ten colours that are told apart, for lines that stand for different things. */
import { hex, type Theme } from "./color";
import { readable, type Tint } from "./ramp";

const colors = {
  light: "7c3aed d97706 0b8a60 db2777 2563eb 857200 0891b2 c22121 7a4f2c 5b6475",
  dark: "a07bff f59e0b 34c795 f472b6 60a5fa d4c93b 22d3ee f87171 c99a6b 9ca3af",
} as const;

/** The hues of a theme; text that a line crosses stays readable at their opacity. */
export function hues(theme: Theme): readonly Tint[] {
  return colors[theme].split(" ").map((color) => readable(hex(color), theme));
}
