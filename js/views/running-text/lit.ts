/** Mark in the text the document or tool that a chip stands for. */
import type { Context } from "../../context";
import { tint } from "../../draw/ramp";
import { unitsOf } from "../../state/units";
import type { Page } from "./page";

export function followLit(page: Page, { state, theme }: Context): void {
  let marked: HTMLElement[] = [];
  page.follow(() => {
    for (const element of marked) {
      element.classList.remove("lit");
      element.style.removeProperty("background-color");
    }
    marked = [];
    const lit = state.lit.value;
    if (!lit) return;
    const [start, end, share] = lit;
    const units = unitsOf(state.content.value);
    const ink = `rgb(${tint(theme.value).unsigned.rgb.join(" ")} / ${(0.1 + 0.25 * share).toFixed(2)})`;
    for (let u = units.of(start); u < units.count && units.start(u) < end; u++) {
      const element = page.built.units[u];
      if (!element) continue;
      element.classList.add("lit");
      element.style.backgroundColor = ink;
      marked.push(element);
    }
  });
}
