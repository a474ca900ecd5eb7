/** The line over the arcs: how much of the row they make up, from how many inputs, and the hues of the heads. */
import type { Context } from "../../context";
import { h, setAttributes } from "../../dom";
import { cssColor } from "../../draw/color";
import { hues } from "../../draw/hues";
import { headName, shortName } from "../../state/heads";
import type { Arcs } from "./arcs";
import { amountText } from "./says";

export interface Bar {
  readonly element: HTMLElement;
  /** Say what the arcs show; `inputs` have one, of so many, and so many heads have hues. */
  show(arcs: Arcs, inputs: readonly [count: number, among: number], heads: number): void;
}

export function arcBar(ctx: Context): Bar {
  const { state, theme } = ctx;
  const input = h("input", {
    type: "range",
    min: 10,
    max: 100,
    step: 5,
    "aria-label": "How much of the row the arcs make up",
    oninput: () => {
      state.options.value = { ...state.options.peek(), arc_share: Number(input.value) / 100 };
    },
  });
  const share = h("b");
  const count = h("span");
  const legend = h("span", { class: "heads" });
  const amount = h("span", {}, "the top ", share, " of it ", input);
  const element = h("div", { class: "arcs" }, "Arcs:", amount, count, legend);
  ctx.effect(() => {
    const percent = Math.round(100 * state.options.value.arc_share);
    input.value = String(percent);
    share.textContent = `${percent} %`;
    setAttributes(input, { "aria-valuetext": `${percent} %` });
  });
  let named = "";
  return {
    element,
    show(arcs, inputs, heads) {
      count.textContent = amountText(arcs, inputs);
      amount.hidden = arcs.of === "all";
      const chosen = state.heads.value.slice(0, heads);
      const key = chosen.join(";") + theme.value;
      if (key === named) return;
      named = key;
      const colors = hues(theme.value);
      legend.replaceChildren(
        ...chosen.map((head, k) => {
          const swatch = h("i");
          swatch.style.background = cssColor(colors[k]?.rgb ?? [128, 128, 128]);
          return h("span", { title: headName(head) }, swatch, shortName(head));
        }),
      );
    },
  };
}
