/** The elements of the matrix. */
import { h, uniqueId } from "../../dom";

function part(role: string, id: string, ...children: Node[]): HTMLElement {
  const element = h("div", {}, ...children);
  element.setAttribute("role", role);
  element.id = id;
  return element;
}

function button(text: string, label: string): HTMLButtonElement {
  const element = h("button", {}, text);
  element.type = "button";
  element.setAttribute("aria-label", label);
  element.title = label;
  return element;
}

/** *written*: what the columns are. */
export function matrixParts(host: HTMLElement, written = "written") {
  const id = uniqueId("matrix");
  const status = h("span", { class: "nothing" });
  const bar = h("i", {});
  const [low, high] = [h("span", { class: "low" }), h("span", { class: "high" })];
  const range = h("span", { class: "range" }, low, bar, high);
  const nearer = button("+", "Zoom in");
  const farther = button("−", "Zoom out");
  const whole = button("Fit", "Fit all in, or return to the size of reading");
  const top = h(
    "div",
    { class: "top" },
    h("span", { class: "axes" }, `rows: read · columns: ${written}`),
    status,
    range,
    farther,
    nearer,
    whole,
  );

  const canvas = h("canvas", {});
  canvas.setAttribute("aria-hidden", "true");
  canvas.width = 0;
  const header = part("rowheader", `${id}-input`);
  const cells = [part("gridcell", `${id}-a`), part("gridcell", `${id}-b`)];
  const row = part("row", `${id}-row`, header, ...cells);
  const spacer = h("div", { class: "spacer" });
  const grid = part("grid", id, canvas, spacer, row);
  grid.className = "scroll";
  grid.tabIndex = 0;
  grid.setAttribute("aria-label", "Scores: inputs by generated tokens");
  grid.setAttribute("aria-readonly", "true");

  const lines = h(
    "div",
    { class: "lines" },
    h("i", { class: "across" }),
    h("i", { class: "down" }),
    h("i", { class: "cell" }),
  );
  lines.setAttribute("aria-hidden", "true");
  lines.hidden = true;
  const tip = h("div", { class: "tip" }, h("span", {}), h("b", {}));
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  const frame = h("div", { class: "frame" }, grid, lines, tip);
  const root = h("section", { class: "aw-matrix" }, top, frame);
  root.setAttribute("aria-label", "Matrix of scores");
  host.append(root);
  return {
    root,
    status,
    bar,
    low,
    high,
    range,
    nearer,
    farther,
    whole,
    canvas,
    header,
    cells,
    row,
    spacer,
    grid,
    frame,
    lines,
    tip,
  };
}

export type MatrixParts = ReturnType<typeof matrixParts>;
