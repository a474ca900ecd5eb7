/** A field with its label before it and its unit after it. */
import { h, uniqueId } from "../dom";

export function field(name: string, input: HTMLInputElement | HTMLSelectElement, unit?: string): HTMLElement {
  input.id = uniqueId("field");
  return h("span", { class: "field" }, h("label", { for: input.id }, name), input, unit);
}
