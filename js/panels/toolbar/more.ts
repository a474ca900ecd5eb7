/** A list for the methods that do not fit into the bar. */
import { h } from "../../dom";
import type { Choice, Choices } from "./controls";

const nothing = "";

/** A list that reads "More" until one of its choices is shown. */
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
        element.replaceChildren(h("option", { value: nothing }, "More"), ...grouped(choices));
      }
      const known = choices.some((choice) => choice.value === value);
      element.value = known ? value : nothing;
      element.classList.toggle("on", known);
    },
  };
}

/** Options; methods of a tool, as in "Captum: DeepLIFT", are grouped under its name. */
function grouped(choices: readonly Choice[]): HTMLElement[] {
  const out: HTMLElement[] = [];
  const groups = new Map<string, HTMLElement>();
  for (const { value, text, title = "" } of choices) {
    const option = h("option", { value, title }, text);
    const tool = text.match(/^(\w+): /)?.[1];
    const group = tool && (groups.get(tool) ?? h("optgroup", { label: tool }));
    if (!group) out.push(option);
    else if (groups.has(tool)) group.append(option);
    else {
      group.append(option);
      groups.set(tool, group);
      out.push(group);
    }
  }
  return out;
}
