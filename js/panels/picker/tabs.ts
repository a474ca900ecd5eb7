/** Tabs over the heads, for models that also have experts; these are unpacked when they are first asked for. */
import type { Context } from "../../context";
import { h, uniqueId } from "../../dom";

/** Put tabs before `heads`, the parts that belong to the first one. */
export function mountTabs(root: HTMLElement, heads: readonly HTMLElement[], ctx: Context): void {
  const [first, second] = [h("div", {}, ...heads), h("div", { role: "tabpanel", hidden: true })];
  const tabs = ["Heads", "Experts"].map((name, k) => {
    const panel = [first, second][k] as HTMLElement;
    panel.id = uniqueId("panel");
    const tab = h(
      "button",
      { type: "button", role: "tab", id: uniqueId("tab"), "aria-controls": panel.id },
      name,
    );
    panel.setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  const bar = h("div", { role: "tablist", class: "tabs", "aria-label": "Heads or experts" }, ...tabs);
  root.prepend(bar, first, second);
  let loaded = false;
  const choose = (chosen: number) => {
    tabs.forEach((tab, k) => {
      tab.setAttribute("aria-selected", String(k === chosen));
      tab.tabIndex = k === chosen ? 0 : -1;
    });
    [first.hidden, second.hidden] = [chosen !== 0, chosen !== 1];
    if (chosen === 0 || loaded) return;
    loaded = true;
    const part = import("../experts/experts").then(({ experts }) => experts);
    void ctx.mountPart(part, second);
  };
  tabs.forEach((tab, k) => {
    tab.addEventListener("click", () => choose(k));
    tab.addEventListener("keydown", ({ key }) => {
      if (key !== "ArrowLeft" && key !== "ArrowRight") return;
      choose(1 - k);
      tabs[1 - k]?.focus();
    });
  });
  choose(0);
  ctx.effect(() => {
    bar.hidden = ctx.state.content.value.experts === undefined;
    if (bar.hidden) choose(0);
    // Without tabs the heads are no panel of one.
    if (bar.hidden) first.removeAttribute("role");
    else first.setAttribute("role", "tabpanel");
  });
}
