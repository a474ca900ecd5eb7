/** Small controls: a row of choices, a check box, a slider. */
import { h, uniqueId } from "../../dom";

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly title?: string;
  /** Words above the text, in larger letters. */
  readonly above?: string;
}

export interface Choices {
  readonly element: HTMLElement;
  show(choices: readonly Choice[], value: string): void;
}

/** A radio group that looks like one button in segments. It has one tab stop; arrows move inside it. */
export function segmented(label: string, choose: (value: string) => void): Choices {
  const element = h("div", { class: "seg", role: "radiogroup", "aria-label": label });
  let shown = "";
  const radios = () => [...element.children] as HTMLElement[];
  const pick = (radio: HTMLElement | undefined) => {
    if (!radio) return;
    choose(radio.dataset.value ?? "");
    radio.focus();
  };
  element.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = radios().indexOf(event.target as HTMLElement);
    if (!step || at < 0) return;
    event.preventDefault();
    pick(radios().at((at + step) % radios().length));
  });
  return {
    element,
    show(choices, value) {
      const key = JSON.stringify(choices);
      if (key !== shown) {
        shown = key;
        element.replaceChildren(
          ...choices.map(({ value: own, text, title = "", above }) =>
            h(
              "button",
              { type: "button", role: "radio", "data-value": own, title, onclick: () => choose(own) },
              ...(above ? [above, " ", h("small", {}, text)] : [text]),
            ),
          ),
        );
      }
      const known = choices.some((choice) => choice.value === value);
      radios().forEach((radio, k) => {
        const on = radio.dataset.value === value;
        radio.setAttribute("aria-checked", String(on));
        radio.tabIndex = on || (!known && k === 0) ? 0 : -1;
      });
    },
  };
}

/** A check box with its label. */
export function tick(
  text: string,
  change: (on: boolean) => void,
): { element: HTMLElement; input: HTMLInputElement } {
  const input = h("input", { type: "checkbox", onchange: () => change(input.checked) });
  return { element: h("label", { class: "tick" }, input, text), input };
}

/** A slider with its label, from `min` to `max` in steps of `step`. */
export function slider(
  text: string,
  [min, max, step]: readonly [number, number, number],
  change: (value: number) => void,
): { element: HTMLElement; input: HTMLInputElement } {
  const id = uniqueId("slider");
  const input = h("input", { type: "range", id, min, max, step, oninput: () => change(Number(input.value)) });
  return { element: h("div", { class: "field" }, h("label", { for: id }, text), input), input };
}

/** A control with a text before it. */
export function field(text: string, control: HTMLElement): HTMLElement {
  return h("div", { class: "field" }, h("span", {}, text), control);
}
