/** Lay a figure out: the browser breaks lines, joins letters and turns directions; then everything is measured. */
import { h } from "../../dom";
import type { Theme } from "../../draw/color";
import { numeral } from "../../draw/numerals";
import { against, faint, inksOf, tinted } from "./colors";
import type { Part, Picture, Piece } from "./picture";

export interface Box {
  readonly kind: "box";
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: string;
  readonly stroke?: string;
  readonly thick?: number;
  readonly dashed?: boolean;
  readonly hatched?: boolean;
}

export interface Words {
  readonly kind: "words";
  readonly text: string;
  readonly left: number;
  readonly baseline: number;
  readonly width: number;
  readonly size: number;
  readonly color: string;
  readonly rightToLeft: boolean;
}

/** A dashed line below a word. */
export interface Line {
  readonly kind: "line";
  readonly left: number;
  readonly y: number;
  readonly width: number;
  readonly color: string;
}

export type Mark = Box | Words | Line;

/** All marks in the order in which they are drawn, the tints first; lengths in CSS pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly tints: readonly Mark[];
  readonly marks: readonly Mark[];
  /** Where each piece begins, by its unit. */
  readonly boxes: ReadonlyMap<number, Area>;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Look {
  readonly columns: 1 | 2;
  readonly theme: Theme;
  readonly caption: boolean;
}

/** 3.25 and 6.75 inches, a column of a paper and its page. */
export const widths = { 1: 312, 2: 648 } as const;
export const fonts = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
const [text, small, tiny] = [10.7, 8, 6.7];
const [up, down] = [10, 3.5];
const margin = 4;
const bar = 72;

/** Measure in `host`, which must be in the page; `spaced` lines have room for arcs, which bring the numbers. */
export function layOut(picture: Picture, look: Look, host: HTMLElement, spaced = false): Drawing {
  const width = widths[look.columns];
  const inks = inksOf(look.theme);
  const sheet = h("div", { "aria-hidden": "true", class: `figure-sheet${spaced ? " spaced" : ""}` });
  sheet.style.width = `${width - 2 * margin}px`;
  const spans = new Map<HTMLElement, Piece>();
  const runs = picture.parts.map((part) => addPart(sheet, part, spans));
  const legend = h("div", { class: "legend" }, "\u00a0");
  const caption = picture.caption.map((sentence) => h("div", { class: "note", dir: "auto" }, sentence));
  if (look.caption) sheet.append(legend, ...caption);
  host.append(sheet);
  const origin = sheet.getBoundingClientRect();
  const at = (rect: DOMRect): DOMRect =>
    new DOMRect(rect.left - origin.left + margin, rect.top - origin.top + margin, rect.width, rect.height);
  const tints: Mark[] = [];
  const boxes = new Map<number, Area>();
  for (const [span, piece] of spans) {
    const rects = [...span.getClientRects()].map(at);
    for (const rect of rects) tints.push(...tintOf(piece, rect, picture, look.theme));
    const [first] = rects;
    if (first) boxes.set(piece.at, area(first));
  }
  const marks: Mark[] = frames([...spans], at, inks.said);
  const colorOf = (node: Node): string => {
    const piece = spans.get(node.parentElement as HTMLElement);
    return !piece ? inks.soft : piece.said ? inks.said : piece.later ? inks.later : inks.ink;
  };
  for (const run of runs) marks.push(...wordsOf(run, text, at, colorOf));
  for (const note of sheet.querySelectorAll<HTMLElement>(".note"))
    marks.push(...wordsOf(note, small, at, colorOf));
  if (!spaced) marks.push(...numbers([...spans], at, inks.soft, width));
  if (look.caption) marks.push(...scale(at(legend.getBoundingClientRect()), picture, look.theme));
  const height = origin.height + 2 * margin;
  sheet.remove();
  return { width, height, tints, marks, boxes };
}

function addPart(sheet: HTMLElement, { heading, pieces }: Part, spans: Map<HTMLElement, Piece>): HTMLElement {
  const run = h("div", { class: "run", dir: "auto" });
  pieces.forEach((piece, k) => {
    const word = piece.text.trim() === "" ? piece.text : piece.text.trimStart();
    const space = piece.text.slice(0, piece.text.length - word.length);
    const span = h("span", {}, word);
    spans.set(span, piece);
    if (k > 0 || space.includes("\n")) run.append(space);
    run.append(span);
  });
  if (heading) sheet.append(h("div", { class: "note", dir: "auto" }, heading));
  sheet.append(run);
  return run;
}

/** The box of a rectangle of text: about its baseline. */
const area = ({ left, width, top, height }: DOMRect): Area => {
  const baseline = top + height / 2 + text * 0.36;
  return { left, top: baseline - up, width: Math.max(4, width), height: up + down };
};

function tintOf(piece: Piece, rect: DOMRect, picture: Picture, theme: Theme): Mark[] {
  const box = area(rect);
  const soft = inksOf(theme).soft;
  if (piece.sink) return [{ kind: "box", ...box, stroke: soft, thick: 0.6, hatched: true }];
  if (piece.hidden) return [{ kind: "box", ...box, stroke: soft, thick: 0.7, dashed: true }];
  if (Math.abs(piece.share) < faint) return [];
  const fill = tinted(picture, piece.share, theme);
  const line = tinted({ ...picture, intensity: 1 }, -(0.35 + 0.65 * Math.abs(piece.share)), theme);
  return [
    { kind: "box", ...box, fill },
    ...(against(picture, piece)
      ? [{ kind: "line", left: box.left, y: box.top + box.height, width: box.width, color: line } as const]
      : []),
  ];
}

/** Frame what is explained; neighbours on one line share a frame. */
function frames(
  spans: readonly [HTMLElement, Piece][],
  at: (rect: DOMRect) => DOMRect,
  stroke: string,
): Mark[] {
  const boxes = spans
    .filter(([, piece]) => piece.said)
    .flatMap(([span]) => [...span.getClientRects()].map((rect) => area(at(rect))));
  const joined: (typeof boxes)[number][] = [];
  for (const box of boxes) {
    const before = joined.at(-1);
    if (
      before &&
      before.top === box.top &&
      box.left - (before.left + before.width) < 6 &&
      box.left >= before.left
    )
      joined[joined.length - 1] = { ...before, width: box.left + box.width - before.left };
    else joined.push(box);
  }
  return joined.map(({ left, top, width, height }) => ({
    kind: "box",
    left: left - 0.5,
    top: top - 0.7,
    width: width + 1,
    height: height + 1.4,
    stroke,
    thick: 1.1,
  }));
}

/** Each word of a text where it stands, in one piece as long as its colour stays: letters are joined and kerned. */
function wordsOf(
  host: HTMLElement,
  size: number,
  at: (rect: DOMRect) => DOMRect,
  colorOf: (node: Node) => string,
): Words[] {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  const whole = nodes.map((node) => node.data).join("");
  const places = nodes.flatMap((node) => Array.from({ length: node.length }, (_, k) => [node, k] as const));
  const out: Words[] = [];
  for (const { index, 0: word } of whole.matchAll(/\S+/g)) {
    let start = index;
    for (let k = index; k < index + word.length; k++) {
      const next = places[k + 1];
      const own = places[k] as (typeof places)[number];
      const ends = k + 1 === index + word.length || colorOf((next as typeof own)[0]) !== colorOf(own[0]);
      if (!ends) continue;
      out.push(...linesOf(places.slice(start, k + 1), size, at, colorOf(own[0])));
      start = k + 1;
    }
  }
  return out;
}

/** One text, or several where it is broken across lines. */
function linesOf(
  letters: readonly (readonly [Text, number])[],
  size: number,
  at: (rect: DOMRect) => DOMRect,
  color: string,
): Words[] {
  const range = document.createRange();
  const rectOf = (from: number, to: number): DOMRect => {
    const [first, last] = [letters[from], letters[to]] as [readonly [Text, number], readonly [Text, number]];
    range.setStart(...first);
    range.setEnd(last[0], last[1] + 1);
    return range.getBoundingClientRect();
  };
  const all = letters.length - 1;
  const whole = rectOf(0, all);
  const broken = whole.height > 1.6 * rectOf(0, 0).height;
  const parts: [number, number][] = [];
  if (!broken) parts.push([0, all]);
  else
    for (let k = 0; k <= all; k++) {
      const before = parts.at(-1);
      if (before && Math.abs(rectOf(k, k).top - rectOf(before[0], before[0]).top) < 4) before[1] = k;
      else parts.push([k, k]);
    }
  return parts.map(([from, to]) => {
    const { left, top, width, height } = at(rectOf(from, to));
    const words = letters
      .slice(from, to + 1)
      .map(([node, k]) => node.data[k])
      .join("");
    const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(words);
    return {
      kind: "words",
      text: words,
      left,
      baseline: top + height / 2 + size * 0.36,
      width,
      size,
      color,
      rightToLeft,
    };
  });
}

/** Numbers above the strongest, where there is room. */
function numbers(
  spans: readonly [HTMLElement, Piece][],
  at: (rect: DOMRect) => DOMRect,
  color: string,
  room: number,
): Words[] {
  const out: Words[] = [];
  for (const [span, { number }] of spans) {
    const rect = number ? span.getClientRects()[0] : undefined;
    if (!rect) continue;
    const box = area(at(rect));
    const width = number.length * tiny * 0.56;
    const left = Math.min(Math.max(margin, box.left + box.width / 2 - width / 2), room - margin - width);
    const baseline = box.top - 1.5;
    const taken = out.some(
      (other) =>
        other.baseline === baseline && left < other.left + other.width + 1 && other.left < left + width + 1,
    );
    if (!taken)
      out.push({ kind: "words", text: number, left, baseline, width, size: tiny, color, rightToLeft: false });
  }
  return out;
}

/** The scale with the numbers of its ends. */
function scale({ top, height }: DOMRect, picture: Picture, theme: Theme): Mark[] {
  const { signed, high } = picture;
  const color = inksOf(theme).soft;
  const baseline = top + height / 2 + small * 0.36;
  const [low, most] = [signed ? numeral(-high, true, high) : "0", numeral(high, signed, high)];
  const widthOf = (words: string) => words.length * small * 0.56;
  const start = Math.round(margin + widthOf(low) + 4);
  const count = 24;
  const cells = Array.from({ length: count }, (_, k): Box => {
    const share = signed ? (2 * (k + 0.5)) / count - 1 : (k + 0.5) / count;
    const box = { left: start + (k * bar) / count, top: baseline - 6.2, width: bar / count, height: 6.6 };
    return { kind: "box", ...box, fill: tinted(picture, share, theme) };
  });
  const ends = [
    [low, margin],
    [most, start + bar + 4],
  ] as const;
  return [
    ...cells,
    { kind: "box", left: start, top: baseline - 6.2, width: bar, height: 6.6, stroke: color, thick: 0.4 },
    ...ends.map(
      ([words, left]): Words => ({
        kind: "words",
        text: words,
        left,
        baseline,
        width: widthOf(words),
        size: small,
        color,
        rightToLeft: false,
      }),
    ),
  ];
}
