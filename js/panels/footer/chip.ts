/** The button of one alternative. It is kept and written anew, because alternatives change with every move of the pointer. */
import { h } from "../../dom";
import { chance } from "../../draw/numerals";
import type { Alternative } from "../../session/content";
import { named, plainName } from "../../state/names";

const withoutModel = "Asking why not this needs the model, which is not available here.";

/** What tells a text from those beside it, where it differs from one by the space before it alone. */
function spaceOf(text: string, beside: readonly string[]): string {
  if (!beside.some((other) => other !== text && named(other) === named(text))) return "";
  return /^\s/.test(text) ? "after a space" : "no space";
}

export interface Chip {
  readonly item: HTMLElement;
  /**
   * `able`: there is a model to ask; `beside`: what the step says, and its other alternatives. Without an alternative
   * the chip is hidden.
   */
  show(other: Alternative | undefined, pressed: boolean, able: boolean, beside?: readonly string[]): void;
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
    show(other, isPressed, isAble, beside = []) {
      if (other !== shown) {
        shown = other;
        item.hidden = !other;
        text.textContent = other ? plainName(other[0]) : "";
        space.textContent = other ? spaceOf(other[0], beside) : "";
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
