/** The methods that do not fit into the bar, in one list beside it. */
import { h } from "../dom";
import type { Choices } from "./controls";

const nothing = "";

/** A list that reads "More" until one of its choices is taken. */
export function moreList(label: string, choose: (value: string) => void): Choices {
  const element = h("select", {
    class: "more",
    "aria-label": label,
    onchange: () => {
      if (element.value !== nothing) choose(element.value);
    },
  });
  let shown = "";
  return {
    element,
    show(choices, value) {
      element.hidden = choices.length === 0;
      const key = JSON.stringify(choices);
      if (key !== shown) {
        shown = key;
        element.replaceChildren(
          h("option", { value: nothing }, "More"),
          ...choices.map(({ value: own, text, title = "" }) => h("option", { value: own, title }, text)),
        );
      }
      const known = choices.some((choice) => choice.value === value);
      element.value = known ? value : nothing;
      element.classList.toggle("on", known);
    },
  };
}
