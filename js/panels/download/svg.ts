/** Write a drawing as SVG, in which text stays text. */
import { setAttributes } from "../../dom";
import { hatching } from "./hatching";
import { type Drawing, fonts, type Mark } from "./layout";

const name = "http://www.w3.org/2000/svg";
const n = (v: number): string => String(Math.round(100 * v) / 100);

function element(tag: string, attributes: Record<string, string>, text = ""): SVGElement {
  const made = document.createElementNS(name, tag);
  setAttributes(made, attributes);
  made.textContent = text;
  return made;
}

/** `label` says in words what it shows. Each text has the width it was laid out with: it fits its tint in any font. */
export function toSvg({ width, height, ground, marks }: Drawing, label: string): string {
  const root = element("svg", {
    width: n(width),
    height: n(height),
    viewBox: `0 0 ${n(width)} ${n(height)}`,
    role: "img",
    "aria-label": label,
    "font-family": fonts,
  });
  root.append(element("title", {}, label));
  root.append(element("rect", { width: "100%", height: "100%", fill: `#${ground}` }));
  for (const mark of marks) root.append(drawn(mark));
  return new XMLSerializer().serializeToString(root);
}

function drawn(mark: Mark): SVGElement {
  if (mark.kind === "line")
    return element("path", {
      d: `M${n(mark.left)} ${n(mark.y)}h${n(mark.width)}`,
      stroke: `#${mark.color}`,
      "stroke-width": "1.1",
      "stroke-dasharray": "3 2",
    });
  if (mark.kind === "words")
    return element(
      "text",
      {
        x: n(mark.rightToLeft ? mark.left + mark.width : mark.left),
        y: n(mark.baseline),
        "font-size": n(mark.size),
        fill: `#${mark.color}`,
        textLength: n(mark.width),
        lengthAdjust: "spacingAndGlyphs",
        ...(mark.rightToLeft && { direction: "rtl" }),
      },
      mark.text,
    );
  const stroke = mark.stroke ? { stroke: `#${mark.stroke}`, "stroke-width": n(mark.thick ?? 1) } : {};
  if (mark.hatched) {
    const d = hatching(mark).map(([x1, y1, x2, y2]) => `M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}`);
    return element("path", { d: d.join(""), ...stroke });
  }
  return element("rect", {
    x: n(mark.left),
    y: n(mark.top),
    width: n(mark.width),
    height: n(mark.height),
    fill: mark.fill ? `#${mark.fill}` : "none",
    ...stroke,
    ...(mark.dashed && { "stroke-dasharray": "3 2" }),
  });
}
