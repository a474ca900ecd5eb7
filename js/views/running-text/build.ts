/** Make the elements of running text: sections of running text, in which each unit is a bare inline span. */
import { h, uniqueId } from "../../dom";
import { chance } from "../../draw/numerals";
import { sentencesOf } from "../../scores/sentences";
import type { Content, Section } from "../../session/content";
import { isLong } from "../../state/groups";
import { named } from "../../state/names";
import { type Units, unitsOf } from "../../state/units";
import { type Fold, makeFold } from "./folds";

export interface TextElements {
  readonly list: HTMLElement;
  /** One for each unit. */
  readonly units: readonly HTMLElement[];
  readonly folds: readonly Fold[];
  /** The sentences of a long prompt, each in an element of its own. */
  readonly sentences: readonly Sentence[];
}

interface Sentence {
  /** Its first token. */
  readonly start: number;
  readonly element: HTMLElement;
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
  const sections = joined([...content.sections].sort((a, b) => a.start - b.start));
  const folds: Fold[] = [];
  const sentences: Sentence[] = [];
  const begins = new Set(isLong(content) ? sentencesOf(content).map(({ start }) => start) : []);
  const borders = new Set(content.groups?.sentence);
  let run: HTMLElement | null = null;
  let place: HTMLElement | null = null;
  let current = -2;
  for (let u = 0; u < units.count; u++) {
    const at = units.start(u);
    const section = sections.findLastIndex((s) => s.start <= at && at < s.end);
    if (section !== current || !run) {
      current = section;
      run = h("div", { class: "run", dir: "auto" });
      place = null;
      const { heading, group } = headed(sections[section], run);
      const inside = templateUnits(sections[section], units);
      if (heading && inside.length > 0) {
        const fold = makeFold(inside, units, group);
        heading.append(fold.chip);
        folds.push(fold);
      }
      list.append(group);
    }
    const [lead, element] = unit(units.text(u), units.special(u), u >= units.firstWritten, showSpace);
    const ofTemplate = folds.at(-1)?.units.includes(u) ?? false;
    const afterTemplate = folds.at(-1)?.units.includes(u - 1) ?? false;
    element.classList.toggle("template", ofTemplate);
    const spaced = lead && (showSpace || run.hasChildNodes() || units.text(u).includes("\n"));
    if (borders.has(at)) place = null;
    if (begins.has(at)) {
      place = h("span");
      run.append(place);
      sentences.push({ start: at, element: place });
    }
    const inside = (!ofTemplate && u < units.firstWritten && place) || run;
    if (spaced) inside.append(ofTemplate || afterTemplate ? h("span", { class: "template" }, lead) : lead);
    for (const was of changedBefore(content, at)) inside.append(h("span", { class: "was" }, was), " ");
    inside.append(element);
    const [step] = units.steps(u);
    const p = step === undefined || !units.labels ? null : content.steps.probability[step];
    if (p != null) run.append(h("span", { class: "num p", "aria-hidden": "true" }, `\u00a0${chance(p)} `));
    elements.push(element);
  }
  if (content.answer_before) {
    const before: Section = { title: "Answer before", start: 0, end: 0 };
    const text = h("div", { class: "run answer-before", dir: "auto" }, content.answer_before);
    list.append(headed(before, text).group);
  }
  return { list, units: elements, folds, sentences };
}

/** The header of a message without a text, such as the answer's, stands with what follows it. */
function joined(sections: readonly Section[]): Section[] {
  const out: Section[] = [];
  for (const section of sections) {
    const before = out.at(-1);
    const [first, last] = before?.body ?? [0, 1];
    if (before && first >= last && before.end === section.start && !section.body)
      out[out.length - 1] = { ...section, start: before.start, body: [section.start, section.end] };
    else out.push(section);
  }
  return out;
}

/** The texts that were changed into what begins at a token. */
const changedBefore = ({ edits = [] }: Content, token: number): string[] =>
  edits.filter(([start]) => start === token).map(([, , was]) => was.trim());

/** A group with the heading of a section, if it has one, over its `run` of text. */
function headed(
  section: Section | undefined,
  run: HTMLElement,
): { heading: HTMLElement | null; group: HTMLElement } {
  if (!section?.title) return { heading: null, group: h("div", { role: "group" }, run) };
  const id = uniqueId("section");
  const note = section.note ? ` · ${section.note}` : "";
  const title = h("span", { id }, section.title + note);
  const heading = h("div", { class: "who", role: "presentation" }, title);
  return { heading, group: h("div", { role: "group", "aria-labelledby": id }, heading, run) };
}

/** The units of a section that a chat template wrote. */
function templateUnits(section: Section | undefined, units: Units): number[] {
  if (!section?.body) return [];
  const [first, last] = section.body;
  const out: number[] = [];
  for (let u = units.of(section.start); u < units.count && units.start(u) < section.end; u++)
    if (units.start(u) >= section.start && (units.start(u) < first || units.start(u) >= last)) out.push(u);
  return out;
}
