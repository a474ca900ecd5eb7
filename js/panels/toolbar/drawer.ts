/** The panel below the bar. It shows the content of one button at a time. */
import type { Context, Part, Soon } from "../../context";
import { h, icon, uniqueId } from "../../dom";

export class Drawer {
  readonly element = h("div", { class: "panel", id: uniqueId("panel"), hidden: true });
  readonly #ctx: Context;
  #open: HTMLElement | null = null;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /** Make a button that opens the panel with a part, loaded at the first click, and closes it again. */
  button(label: string, picture: string | null, load: () => Soon<Part>): HTMLButtonElement {
    let content: HTMLElement | undefined;
    const onclick = () => {
      if (this.#open === button) return this.#show(null);
      if (!content) {
        content = h("div");
        void this.#ctx.mountPart(load(), content);
      }
      this.#show(button, content);
    };
    const button = h(
      "button",
      {
        type: "button",
        class: "ico",
        title: label,
        "aria-label": label,
        "aria-expanded": "false",
        "aria-controls": this.element.id,
        onclick,
      },
      ...(picture ? [icon(picture)] : []),
    );
    return button;
  }

  /** Close the panel and return to its button; false if it was closed. */
  close(): boolean {
    if (!this.#open) return false;
    this.#open.focus();
    this.#show(null);
    return true;
  }

  #show(button: HTMLElement | null, content?: HTMLElement): void {
    this.#open?.setAttribute("aria-expanded", "false");
    this.#open = button;
    button?.setAttribute("aria-expanded", "true");
    this.element.hidden = !button;
    this.element.replaceChildren(...(content ? [content] : []));
  }
}
