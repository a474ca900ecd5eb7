/** The elements of the layer–head picker. */
import { h, uniqueId } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Ramp } from "../../draw/ramp";
import type { Head } from "../../session/session";
import type { Geometry } from "./paint";
import type { Words } from "./text";

function part(role: string, id: string): HTMLElement {
  const element = h("div", {});
  element.setAttribute("role", role);
  element.id = id;
  return element;
}

export function pickerParts(host: HTMLElement) {
  const id = uniqueId("picker");
  const size = h("span", { class: "size" });
  const title = h("div", { class: "title" }, "Layers × heads ", size);
  const shade = h("p", { class: "shade" });

  const canvas = h("canvas", {});
  canvas.setAttribute("aria-hidden", "true");
  canvas.width = 0;
  const header = part("rowheader", `${id}-layer`);
  const cells = [part("gridcell", `${id}-a`), part("gridcell", `${id}-b`)];
  const row = part("row", `${id}-row`);
  row.append(header, ...cells);
  const grid = part("grid", id);
  grid.tabIndex = 0;
  grid.setAttribute("aria-label", "Layers by heads");
  grid.setAttribute("aria-multiselectable", "true");
  grid.append(canvas, row);
  const scroll = h("div", { class: "scroll" }, grid);

  const bar = h("i", {});
  const most = h("span", {});
  const range = h("div", { class: "range" }, h("span", {}, "0"), bar, most);

  const held = h("p", { class: "cap" });
  const peek = h("p", { class: "peek" });
  const rule = h("select", {});
  for (const [value, text] of [
    ["mean", "mean"],
    ["sum", "sum"],
    ["max", "maximum"],
    ["median", "median"],
  ] as const) {
    const option = h("option", {}, text);
    option.value = value;
    rule.append(option);
  }
  const all = h("button", {}, "All heads");
  all.type = "button";
  const controls = h("div", { class: "controls" }, h("label", {}, "Join by ", rule), all);

  const body = h("div", {}, shade, scroll, range, held, peek, controls);
  const note = h("p", { class: "note" });
  const root = h("section", { class: "aw-picker" }, title, body, note);
  root.setAttribute("aria-label", "Layers and heads");
  host.append(root);

  return {
    root,
    size,
    shade,
    canvas,
    header,
    cells,
    row,
    grid,
    scroll,
    held,
    peek,
    rule,
    all,
    controls,
    /** The picker, or the sentence that says why there is none. */
    show(on: boolean, why: string): void {
      body.hidden = !on;
      note.hidden = on;
      note.textContent = on ? "" : why;
    },
    /** The scale below the cells; none without shades. */
    range(high: number | null, ramp: Ramp): void {
      range.style.visibility = high === null ? "hidden" : "visible";
      const stops = [0, 0.25, 0.5, 0.75, 1].map((v) => ramp.css(v));
      bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      most.textContent = numeral(high ?? Number.NaN);
    },
  };
}

export type PickerParts = ReturnType<typeof pickerParts>;

/** Moves the grid's current cell. The two cells take turns, so that a reader speaks a new one at each move. */
export function describeCell(
  { grid, row, header, cells }: PickerParts,
  g: Geometry,
  [layer, head]: Head,
  says: string,
  selected: boolean,
  reveal: boolean,
): void {
  const whole = head < 0;
  const on = whole ? header : (cells.find((cell) => cell.hidden) ?? (cells[0] as HTMLElement));
  for (const cell of [header, ...cells]) cell.hidden = cell !== on;
  on.setAttribute("aria-label", says);
  on.setAttribute("aria-selected", String(selected));
  on.setAttribute("aria-colindex", String(head + 2));
  row.setAttribute("aria-rowindex", String(layer + 1));
  on.style.width = `${whole ? g.gutter : g.across}px`;
  on.style.height = `${g.down}px`;
  on.style.left = `${whole ? 0 : g.gutter + head * g.across}px`;
  on.style.top = `${layer * g.down}px`;
  grid.setAttribute("aria-activedescendant", on.id);
  if (reveal) on.scrollIntoView?.({ block: "nearest", inline: "nearest" });
}

export const write = (element: HTMLElement, words: Words): void =>
  element.replaceChildren(
    ...words.map((word) => {
      if (typeof word === "string") return word;
      const strong = document.createElement("b");
      strong.textContent = word.strong;
      return strong;
    }),
  );
