/** The elements of the layer–head picker. */
import { ActiveCell } from "../../a11y/active-cell";
import { h, uniqueId } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Ramp } from "../../draw/ramp";
import { headRules } from "../../session/heads";
import { ruleName } from "../../state/heads";
import type { Shade } from "./shade";

export function pickerParts(host: HTMLElement) {
  const title = h("div", { class: "title" });
  const caption = h("p", { class: "shade", id: uniqueId("heads") });
  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const grid = h(
    "div",
    {
      role: "grid",
      tabindex: 0,
      "aria-label": "Layers by heads",
      "aria-describedby": caption.id,
      "aria-multiselectable": "true",
    },
    canvas,
  );
  const active = new ActiveCell(grid);
  const scroll = h("div", { class: "scroll" }, grid);
  const top = h("ol", { class: "top", "aria-label": "The heads that gave most" });
  const cells = h("div", { class: "cells" }, scroll, top);
  const even = "What each head would have if all gave the same: 1 / (layers · heads). The scale begins here.";
  const [least, bar, most] = [h("span", { title: even }), h("i"), h("span")];
  const range = h("div", { class: "range" }, least, bar, most);
  const held = h("p", { class: "cap" });
  const hover = h("p", { class: "peek" });
  const rule = h("select", {}, ...headRules.map((value) => h("option", { value }, ruleName(value))));
  const all = h("button", { type: "button" }, "All heads");
  const controls = h("div", { class: "controls" }, h("label", {}, "Join by ", rule), all);
  const say = h("div", { class: "say" }, held, hover);
  const body = h("div", {}, caption, cells, range, say, controls);
  const note = h("p", { class: "note" });
  const root = h("section", { class: "aw-picker", "aria-label": "Layers and heads" }, title, body, note);
  host.append(root);
  return {
    root,
    /** What the tab of the heads holds. */
    heads: [title, body, note],
    title,
    caption,
    canvas,
    grid,
    active,
    cells,
    scroll,
    top,
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
      if (!on) title.textContent = "Layers × heads";
    },
    /** Update the scale below the cells; it is hidden without shades, and where all heads are alike. */
    range(shade: Shade | null, ramp: Ramp): void {
      range.style.visibility =
        shade === null || shade.alike || shade.most <= shade.even ? "hidden" : "visible";
      const stops = [0, 0.25, 0.5, 0.75, 1].map((v) => ramp.css(v));
      bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      const high = shade?.most ?? Number.NaN;
      least.textContent = `equal share ${numeral(shade?.even ?? Number.NaN, false, high)}`;
      most.textContent = numeral(high);
    },
  };
}

export type PickerParts = ReturnType<typeof pickerParts>;
