/** The button of one alternative. It is kept and written anew, because alternatives change with every move of the pointer. */
import { h } from "../../dom";
import { chance } from "../../draw/numerals";
import type { Alternative } from "../../session/session";
import { named } from "../../state/units";

const withoutModel = "Asking why not this needs the model, which is not available here.";

/** What tells an alternative from what is said, where they differ by the space before them alone. */
function spaceBeside(text: string, said: string): string {
  if (named(text) !== named(said) || text === said) return "";
  return /^\s/.test(text) ? "after a space" : "no space";
}

export interface Chip {
  readonly item: HTMLElement;
  /** `able`: there is a model to ask; `said`: what the step says. Without an alternative the chip is hidden. */
  show(other: Alternative | undefined, pressed: boolean, able: boolean, said?: string): void;
}

export function chip(choose: (other: Alternative, pressed: boolean) => void): Chip {
  let shown: Alternative | undefined;
  let [pressed, able] = [false, true];
  const [text, space, number] = [h("bdi"), h("small"), h("span", { class: "num" })];
  const onclick = () => shown && able && choose(shown, pressed);
  const button = h(
    "button",
    { type: "button", class: "chip", "aria-pressed": "false", onclick },
    text,
    space,
    number,
  );
  const item = h("li", { hidden: true }, button);
  return {
    item,
    show(other, isPressed, isAble, said = "") {
      if (other !== shown) {
        shown = other;
        item.hidden = !other;
        text.textContent = other ? named(other[0]) : "";
        space.textContent = other ? spaceBeside(other[0], said) : "";
        number.textContent = other && !Number.isNaN(other[1]) ? chance(other[1]) : "";
      }
      if (isPressed !== pressed) {
        pressed = isPressed;
        button.setAttribute("aria-pressed", String(pressed));
      }
      if (isAble !== able) {
        able = isAble;
        button.setAttribute("aria-disabled", String(!able));
        button.title = able ? "" : withoutModel;
      }
    },
  };
}
