/** Make the elements of the text view: sections of running text, in which each unit is a bare inline span. */
import { h, uniqueId } from "../../dom";
import { chance } from "../../draw/numerals";
import type { Content } from "../../session/session";
import { named, unitsOf } from "../../state/units";

export interface TextElements {
  readonly list: HTMLElement;
  /** One for each unit. */
  readonly units: readonly HTMLElement[];
}

const visible = (space: string): string =>
  space.replace(/\r?\n/g, "⏎").replace(/\t/g, "⇥").replace(/ /g, "·");

/** The space before a word: outside its span, so that tints fit the word. `show` draws it as dots. */
function gap(space: string, show: boolean): Node {
  if (!show) return document.createTextNode(space);
  const marks = h("span", { class: "ws" }, space);
  const blanks = space.replace(/[^ ]/g, "").length;
  if (blanks > 0) marks.style.setProperty("--n", String(blanks));
  if (blanks < space.length) marks.dataset.mark = visible(space.replace(/ /g, ""));
  return marks;
}

function unit(
  text: string,
  special: boolean,
  written: boolean,
  showSpace: boolean,
): [Node | null, HTMLElement] {
  const word = text.trimStart();
  const blank = word === "";
  const element = h(
    "span",
    {
      class: `t${written ? " gen" : ""}${special ? " special" : ""}`,
      role: "option",
      "aria-selected": "false",
    },
    blank ? text : word,
  );
  if (blank) {
    element.setAttribute("aria-label", named(text));
    if (text.includes("\n")) element.classList.add("break");
    if (showSpace && text.length > 0) element.dataset.mark = visible(text.replace(/ /g, ""));
    if (showSpace && text.includes(" ")) {
      element.classList.add("ws");
      element.style.setProperty("--n", String(text.replace(/[^ ]/g, "").length));
    }
    if (text === "") element.dataset.mark = "∅";
  }
  const lead = blank ? "" : text.slice(0, text.length - word.length);
  return [lead ? gap(lead, showSpace) : null, element];
}

export function buildText(content: Content, showSpace: boolean): TextElements {
  const units = unitsOf(content);
  const list = h("div", {
    class: "txt",
    role: "listbox",
    "aria-multiselectable": "true",
    "aria-label": "Text",
  });
  const elements: HTMLElement[] = [];
  const sections = [...content.sections].sort((a, b) => a.start - b.start);
  let run: HTMLElement | null = null;
  let current = -2;
  for (let u = 0; u < units.count; u++) {
    const at = units.start(u);
    const section = sections.findLastIndex((s) => s.start <= at && at < s.end);
    if (section !== current || !run) {
      current = section;
      run = h("div", { class: "run", dir: "auto" });
      const title = sections[section]?.title;
      const id = uniqueId("section");
      const heading = title && h("div", { class: "who", id, role: "presentation" }, title);
      const group = h(
        "div",
        { role: "group", ...(heading ? { "aria-labelledby": id } : {}) },
        heading || null,
        run,
      );
      list.append(group);
    }
    const [lead, element] = unit(units.text(u), units.special(u), u >= units.firstWritten, showSpace);
    if (lead && (showSpace || run.hasChildNodes() || units.text(u).includes("\n"))) run.append(lead);
    run.append(element);
    const [step] = units.steps(u);
    const p = step === undefined || !units.labels ? null : content.steps.probability[step];
    if (p != null) run.append(h("span", { class: "num p", "aria-hidden": "true" }, ` ${chance(p)} `));
    elements.push(element);
  }
  return { list, units: elements };
}
