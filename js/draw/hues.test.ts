import { expect, test } from "vitest";
import { contrast, ground, type Rgb, type Theme } from "./color";
import { hues } from "./hues";

/** OKLab (Björn Ottosson 2020). */
function lab(color: Rgb): [number, number, number] {
  const [r, g, b] = color.map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

test.each(["light", "dark"] as Theme[])(
  "ten hues that are seen on the ground and told apart: %s",
  (theme) => {
    const own = hues(theme).map(({ rgb }) => rgb);
    expect(own).toHaveLength(10);
    for (const color of own) expect(contrast(color, ground[theme])).toBeGreaterThan(3);
    const labs = own.map(lab);
    const gaps = labs.flatMap((a, i) =>
      labs.slice(0, i).map((b) => Math.hypot(...a.map((v, k) => v - (b[k] as number)))),
    );
    expect(Math.min(...gaps)).toBeGreaterThan(0.07);
  },
);
