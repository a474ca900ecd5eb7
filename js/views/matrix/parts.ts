/** The elements of the matrix. */
import { ActiveCell } from "../../a11y/active-cell";
import { h } from "../../dom";

const button = (text: string, label: string) =>
  h("button", { type: "button", "aria-label": label, title: label }, text);

/** Make the elements in `host`; `generated` names what the columns are. */
export function matrixParts(host: HTMLElement, generated = "written") {
  const status = h("span", { class: "nothing" });
  const bar = h("i");
  const [low, high] = [h("span", { class: "low" }), h("span", { class: "high" })];
  const nearer = button("+", "Zoom in");
  const farther = button("−", "Zoom out");
  const whole = button("Fit", "Fit all in, or return to the size of reading");
  const axes = h("span", { class: "axes" }, `rows: read · columns: ${generated}`);
  const facts = h("span");
  const range = h("span", { class: "range" }, low, bar, high, facts);
  const top = h("div", { class: "top" }, axes, status, range, farther, nearer, whole);

  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const spacer = h("div", { class: "spacer" });
  const grid = h(
    "div",
    {
      class: "scroll",
      role: "grid",
      tabindex: 0,
      "aria-label": "Scores: inputs by generated tokens",
      "aria-readonly": "true",
    },
    canvas,
    spacer,
  );
  const active = new ActiveCell(grid);
  const [across, down, cell] = ["across", "down", "cell"].map((name) => h("i", { class: name })) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const lines = h("div", { class: "lines", "aria-hidden": "true", hidden: true }, across, down, cell);
  const [name, value] = [h("span"), h("b")];
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true }, name, value);
  const frame = h("div", { class: "frame" }, grid, lines, tip);
  const root = h("section", { class: "aw-matrix aw-table", "aria-label": "Matrix of scores" }, top, frame);
  host.append(root);
  return {
    root,
    status,
    bar,
    low,
    high,
    facts,
    nearer,
    farther,
    whole,
    canvas,
    spacer,
    grid,
    active,
    lines,
    across,
    down,
    cell,
    tip,
    name,
    value,
  };
}

export type MatrixParts = ReturnType<typeof matrixParts>;
