/** What the text looks like on paper, where there is no canvas: styles of the units themselves, which print.css uses. */

import { tint } from "../../draw/ramp";
import type { Inks, Picture } from "./paint";

/** Give each unit its tint and its underline on paper; only the units that have them. */
export function markForPaper(units: readonly HTMLElement[], picture: Picture, signed: boolean): void {
  const tints = tint("light");
  const targets = new Set(picture.targets);
  units.forEach((unit, u) => {
    const v = picture.values?.[u] ?? Number.NaN;
    const share = picture.high > 0 && !Number.isNaN(v) ? Math.abs(v) / picture.high : 0;
    const { rgb, alpha } = !signed ? tints.unsigned : v < 0 ? tints.negative : tints.positive;
    const set = (name: string, value: string) =>
      value ? unit.style.setProperty(name, value) : unit.style.removeProperty(name);
    set("--paper-tint", share > 0.004 ? `rgb(${rgb.join(" ")} / ${share * picture.intensity * alpha})` : "");
    const line = `rgb(${rgb.join(" ")} / ${0.35 + 0.65 * share}) ${v < 0 ? "dashed" : "solid"} 2px`;
    set("--paper-line", signed && share > 0.03 ? line : "");
    unit.classList.toggle("explained", targets.has(u));
  });
}

/** The colours of what is drawn there. */
export function onPaper(inks: Inks): Inks {
  return { ...inks, ...tint("light"), ground: "#fff", ink: "#1f2430", soft: "#5b6475", violet: "#7c5cd6" };
}
