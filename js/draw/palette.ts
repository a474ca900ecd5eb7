/** The colours and fonts of the theme, as an element of the display has them. */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  readonly accentGround: string;
  /** Of words and lines about shares. */
  readonly violet: string;
  /** Of what was searched for. */
  readonly found: string;
  readonly ground: string;
  readonly panel: string;
  readonly sans: string;
  readonly mono: string;
}

/** Read the palette that applies to `element`. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  // An element that is not in the page yet has no styles.
  const color = (name: string) => style.getPropertyValue(`--aw-${name}`).trim() || "#888";
  return {
    ink: color("ink"),
    soft: color("soft"),
    accent: color("accent"),
    accentGround: color("accent-bg"),
    violet: color("violet"),
    found: color("note"),
    ground: color("bg"),
    panel: color("panel"),
    sans: style.fontFamily || "sans-serif",
    mono: "ui-monospace, monospace",
  };
}
