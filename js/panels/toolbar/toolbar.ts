/** The bar on top: methods, views, and panels that open below it. */
import type { Panels } from "../../a11y/keys";
import type { Context, View } from "../../context";
import { h } from "../../dom";
import type { MethodInfo } from "../../session/scores";
import { methodOf } from "../../state/selectors";
import { segmented } from "./controls";
import { Drawer } from "./drawer";
import { askOf } from "./questions";
import styles from "./toolbar.css";

export const toolbar = { styles, mount };

const methodsInBar = 4;
const pictures = {
  options: "M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.5v4M6 9.5v4",
  download: "M8 2v7.5M5 7l3 3 3-3M2.5 12.5h11",
  help: "M5.7 6a2.3 2.3 0 1 1 3.4 2c-.8.4-1.1.9-1.1 1.8M8 12.6v.1M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13z",
};

function mount(
  host: HTMLElement,
  ctx: Context,
  views: readonly View[],
  view: { readonly value: View },
): Panels {
  const { state } = ctx;
  const chooseMethod = (name: string) => {
    state.method.value = name;
  };
  const methods = segmented("Method", chooseMethod);
  const switcher = segmented("View", (id) => {
    state.view.value = id;
  });
  const drawer = new Drawer(ctx);
  const what = h("span", { class: "what", "aria-hidden": "true" }, "What");
  const more = drawer.button("More methods", null, async () => (await import("./methods")).methods);
  more.className = "more";
  const options = drawer.button("Options", pictures.options, async () => (await import("./options")).options);
  const download = drawer.button(
    "Figures and copies",
    pictures.download,
    async () => (await import("../download/download")).download,
  );
  const help = drawer.button("Help", pictures.help, async () => (await import("./help")).help);
  host.append(
    h(
      "div",
      { class: "bar" },
      what,
      methods.element,
      more,
      h("div", { class: "ends" }, switcher.element, h("div", { class: "icons" }, options, download, help)),
    ),
    drawer.element,
  );
  ctx.effect(() => {
    const all = state.content.value.methods;
    const bar = all.slice(0, methodsInBar);
    const choices = bar.map((m) => ({
      value: m.name,
      text: m.title,
      title: m.description,
      above: askOf(m),
    }));
    const chosen = methodOf(state);
    methods.show(choices, chosen?.name ?? "");
    what.hidden = !bar.some(askOf);
    more.hidden = all.length <= methodsInBar;
    moreLabel(
      more,
      chosen,
      bar.some(({ name }) => name === chosen?.name),
    );
  });
  ctx.effect(() => {
    const choices = views.map(({ id, title }) => ({ value: id, text: title }));
    switcher.show(choices, view.value.id);
  });
  return { close: () => drawer.close(), help: () => help.click() };
}

/** The button that reads "More" until a method that is not on the bar is shown. */
function moreLabel(button: HTMLElement, chosen: MethodInfo | undefined, onBar: boolean): void {
  const other = chosen && !onBar ? chosen.title : null;
  button.textContent = other ?? "More";
  button.setAttribute("aria-label", other ? `${other}, more methods` : "More methods");
  button.classList.toggle("on", chosen !== undefined && !onBar);
}
