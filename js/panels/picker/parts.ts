/** The elements of the layer–head picker. */
import { ActiveCell } from "../../a11y/active-cell";
import { h } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Ramp } from "../../draw/ramp";
import { headRules } from "../../session/session";
import { ruleName } from "../../state/heads";

export function pickerParts(host: HTMLElement) {
  const size = h("span", { class: "size" });
  const title = h("div", { class: "title" }, "Layers × heads ", size);
  const shade = h("p", { class: "shade" });
  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const grid = h(
    "div",
    { role: "grid", tabindex: 0, "aria-label": "Layers by heads", "aria-multiselectable": "true" },
    canvas,
  );
  const active = new ActiveCell(grid);
  const scroll = h("div", { class: "scroll" }, grid);
  const [bar, most] = [h("i"), h("span")];
  const range = h("div", { class: "range" }, h("span", {}, "0"), bar, most);
  const held = h("p", { class: "cap" });
  const hover = h("p", { class: "peek" });
  const rule = h("select", {}, ...headRules.map((value) => h("option", { value }, ruleName(value))));
  const all = h("button", { type: "button" }, "All heads");
  const controls = h("div", { class: "controls" }, h("label", {}, "Join by ", rule), all);
  const body = h("div", {}, shade, scroll, range, held, hover, controls);
  const note = h("p", { class: "note" });
  const root = h("section", { class: "aw-picker", "aria-label": "Layers and heads" }, title, body, note);
  host.append(root);
  return {
    root,
    size,
    shade,
    canvas,
    grid,
    active,
    scroll,
    held,
    hover,
    rule,
    all,
    controls,
    /** Show the picker or, without attention, the sentence `why`. */
    show(on: boolean, why: string): void {
      body.hidden = !on;
      note.hidden = on;
      note.textContent = on ? "" : why;
    },
    /** Update the scale below the cells; it is hidden without shades. */
    range(high: number | null, ramp: Ramp): void {
      range.style.visibility = high === null ? "hidden" : "visible";
      const stops = [0, 0.25, 0.5, 0.75, 1].map((v) => ramp.css(v));
      bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      most.textContent = numeral(high ?? Number.NaN);
    },
  };
}

export type PickerParts = ReturnType<typeof pickerParts>;
