/** Write a figure as LaTeX, as figures/latex.py does: to be read into a paper, or compiled by itself. */
import type { Theme } from "../../draw/color";
import { against, faint, inksOf, tinted } from "./colors";
import type { Look } from "./layout";
import type { Picture, Piece } from "./picture";

const head = String.raw`% Read this file into a paper by \input, with @NEEDS in its preamble, or compile it as it is.
\expandafter\ifx\csname @nodocument\endcsname\relax\let\awend\relax\else
\documentclass{article}@NEEDS\pagestyle{empty}\begin{document}\def\awend{\end{document}}\fi
\begingroup
\setlength{\fboxrule}{.8pt}\setlength{\parindent}{0pt}
\newcommand{\awmore}[2]{\colorbox[HTML]{#1}{\strut#2}}% gives to what is explained
\newcommand{\awless}[2]{\colorbox[HTML]{#1}{\strut\underline{#2}}}% speaks against it
\newcommand{\awsaid}[1]{\fcolorbox[HTML]{@SAID}{@GROUND}{\strut\textcolor[HTML]{@SAID}{#1}}}% is explained
\newcommand{\awoff}[1]{\textcolor[HTML]{@SOFT}{\textit{#1}}}% is hidden, or off the scale
\newcommand{\awlater}[1]{\textcolor[HTML]{@LATER}{#1}}% comes later
\newcommand{\awnumber}[1]{\textsuperscript{\tiny#1}}
\newcommand{\awsmall}[1]{{\footnotesize\textcolor[HTML]{@SOFT}{#1}\par}}
\setlength{\fboxsep}{@PAD}\colorbox[HTML]{@GROUND}{\begin{minipage}{\dimexpr@WIDTH-2\fboxsep}
\setlength{\fboxsep}{0pt}\raggedright\color[HTML]{@INK}
`;
const foot = "\\end{minipage}}\n\\par\\endgroup\n\\awend\n";
const escapes: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\ensuremath{<}",
  ">": "\\ensuremath{>}",
  "|": "\\ensuremath{|}",
  '"': "{\\char34}",
  "`": "\\textasciigrave{}",
  "-": "{-}",
  "−": "\\ensuremath{-}",
  "×": "\\ensuremath{\\times}",
  "·": "\\ensuremath{\\cdot}",
  "≈": "\\ensuremath{\\approx}",
  "∅": "\\ensuremath{\\emptyset}",
  "␣": "\\textvisiblespace{}",
  "\u00a0": "~",
  "⟨": "\\ensuremath{\\langle}",
  "⟩": "\\ensuremath{\\rangle}",
};
/** Beyond Latin letters, what pdfLaTeX has with T1. */
const typeset = /^[\p{ASCII}\u0080-\u017f–—‘’‚“”„…•€™†‡‰‹›]*$/u;
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const chinese = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Neither those nor what DejaVu Sans has: other scripts, and emoji. */
const unset =
  /\p{Emoji_Presentation}|[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** Nothing in it is read by LaTeX. */
const escaped = (text: string): string => [...text.normalize("NFC")].map(escapedOne).join("");

function escapedOne(c: string): string {
  const code = c.charCodeAt(0) - 0x2400;
  if (code >= 0 && code < 0x20) return `\\texttt{\\textbackslash{}x${code.toString(16).padStart(2, "0")}}`;
  return escapes[c] ?? (/[#$%&_{}]/.test(c) ? `\\${c}` : c);
}

/** Throws an Error with one sentence where some of the text is written from right to left. */
export function toLatex(picture: Picture, { columns, theme, caption }: Look): string {
  const words = picture.parts.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join("");
  const turned = words.split(/\s+/).find((word) => rightToLeft.test(word));
  if (turned)
    throw new Error(
      `LaTeX sets no text from right to left, such as “${turned.slice(0, 20)}”, in colour boxes: take SVG or PNG.`,
    );
  const small = (text: string) => `\\awsmall{${escaped(text)}}`;
  const lines = picture.parts.flatMap(({ heading, pieces }) => [
    ...(heading ? [small(heading)] : []),
    `${pieces
      .map((piece) => unit(piece, picture, theme))
      .join("")
      .trim()}\\par\\smallskip`,
  ]);
  const body = [...lines, ...(caption ? picture.caption.map(small) : [])].join("\n");
  const inks = inksOf(theme);
  const values: Record<string, string> = {
    NEEDS: `\\usepackage{xcolor}${fontsOf(body)}`,
    SAID: inks.said.toUpperCase(),
    GROUND: inks.ground.toUpperCase(),
    SOFT: inks.soft.toUpperCase(),
    LATER: inks.later.toUpperCase(),
    INK: inks.ink.toUpperCase(),
    PAD: theme === "light" ? "0pt" : "4pt",
    WIDTH: columns === 1 ? "\\columnwidth" : "\\textwidth",
  };
  return `${head.replace(/@([A-Z]+)/g, (_, name: string) => values[name] ?? "")}${body}\n${foot}`;
}

/** The packages that the characters of a text need. The fonts are those that TeX Live or most systems have. */
function fontsOf(body: string): string {
  if (/^\p{ASCII}*$/u.test(body)) return "";
  if (typeset.test(body)) return "\\usepackage[T1]{fontenc}";
  const other = body.match(unset)?.[0];
  if (other) throw new Error(`LaTeX has no usual font for ${other}: take SVG or PNG.`);
  const font = chinese.test(body) ? "Noto Sans CJK SC" : "DejaVu Sans";
  return `\\usepackage{fontspec}\\setmainfont{${font}}`;
}

function unit(piece: Piece, picture: Picture, theme: Theme): string {
  const parts = piece.text.match(/\n|[^\S\n]+|\S+/g) ?? [];
  const last = parts.findLastIndex((part) => part.trim() !== "");
  return parts
    .map((part, k) => {
      if (part === "\n") return "\\par\n";
      if (part.trim() === "") return " ";
      const number = piece.number && k === last ? `\\awnumber{${escaped(piece.number)}}` : "";
      return (
        boxed(escaped(part), piece, picture, theme) + number + (unspaced.test(part) ? "\\allowbreak{}" : "")
      );
    })
    .join("");
}

/** `text` with the mark of its unit. */
function boxed(text: string, piece: Piece, picture: Picture, theme: Theme): string {
  if (piece.said) return `\\awsaid{${text}}`;
  if (piece.hidden || piece.sink) return `\\awoff{${text}}`;
  if (piece.later) return `\\awlater{${text}}`;
  if (Math.abs(piece.share) < faint) return text;
  const command = against(picture, piece) ? "awless" : "awmore";
  return `\\${command}{${tinted(picture, piece.share, theme).toUpperCase()}}{${text}}`;
}
