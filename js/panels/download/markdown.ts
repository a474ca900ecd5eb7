/** Write a figure as Markdown, as figures/markdown.py does. */
import { numeral } from "../../draw/numerals";
import type { Picture, Piece } from "./picture";

const rows = 10;

/** Nothing in it is read by Markdown or HTML. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+.!|<>~$&^-]/g, "\\$&");

/** A line of the caption, where signs stand for the colours of a drawing. */
const inSigns = (line: string): string =>
  line.startsWith("orange: speaks for it") ? "+ speaks for it, − against it" : line;

function word({ text, said, hidden, number }: Piece): string {
  const own = text.trim();
  if (!own) return text;
  const body = escaped(own);
  const marked = said
    ? `**[${body}]**`
    : hidden
      ? `~~${body}~~`
      : number
        ? `**${body}**<sup>${number}</sup>`
        : body;
  return text.replace(own, () => marked);
}

export function toMarkdown({ parts, signed, high, caption }: Picture, withCaption: boolean): string {
  const texts = parts.flatMap(({ heading, pieces }) => {
    const text = pieces.map(word).join("").trim();
    return [heading && `*${escaped(heading)}*`, text.replace(/\n\s*\n/g, "\n").replace(/ *\n/g, "  \n")];
  });
  const best = parts
    .flatMap(({ pieces }) => pieces)
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, rows)
    .map(({ text, value }) => `| ${escaped(text.trim()) || "␣"} | ${numeral(value, signed, high)} |`);
  const table = ["| input | score |", "| :-- | --: |", ...best].join("\n");
  const blocks = [texts.filter(Boolean).join("\n\n"), table];
  if (withCaption) blocks.push(caption.map((line) => escaped(inSigns(line))).join("  \n"));
  return `${blocks.join("\n\n")}\n`;
}
