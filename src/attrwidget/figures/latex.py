"""Write a figure as LaTeX: each word in a colour box, to be read into a paper or compiled by itself."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.bidi import right_to_left
from attrwidget.figures.colors import THEMES, tinted
from attrwidget.figures.picture import against
from attrwidget.still.sentences import printable
from attrwidget.text.words import without_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.figures.fonts import Fonts
    from attrwidget.figures.look import Look
    from attrwidget.figures.picture import Picture, Unit

_FAINT = 0.004
_HEAD = r"""% Read this file into a paper by \input, with @NEEDS in its preamble, or compile it as it is.
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
"""
_FOOT = "\\end{minipage}}\n\\par\\endgroup\n\\awend\n"
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': r"{\char34}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "≈": r"\ensuremath{\approx}",
    "∅": r"\ensuremath{\emptyset}",
    "␣": r"\textvisiblespace{}",
    "\xa0": "~",
    "⟨": r"\ensuremath{\langle}",
    "⟩": r"\ensuremath{\rangle}",
    **{chr(0x2400 + c): rf"\texttt{{\textbackslash{{}}x{c:02x}}}" for c in range(0x20)},
    **{character: f"\\{character}" for character in "#$%&_{}"},
}
_TYPESET = "–—‘’‚“”„…•€™†‡‰‹›"  # beyond Latin letters, what pdfLaTeX has with T1
_PARTS = re.compile(r"\n|[^\S\n]+|\S+")


def to_latex(picture: Picture, fonts: Fonts, look: Look) -> bytes:
    """Return a file to be read into a paper, which also compiles by itself.

    Raises:
        AttrWidgetError: Some of the text is written from right to left, or no font has all of it.
    """
    text = "".join(unit.text for part in picture.parts for unit in part.units)
    rights = next((word for word in text.split() if right_to_left(word)), None)
    if rights is not None:
        raise AttrWidgetError(
            f"LaTeX sets no text from right to left, such as {rights[:20]!r}, in colour boxes: take .svg, .pdf or .png."
        )
    body = [
        line
        for part in picture.parts
        for line in _part(part.title, part.note, part.units, picture, look.theme)
    ]
    captions = [f"\\awsmall{{{_escaped(sentence)}}}" for sentence in picture.caption] if look.caption else []
    whole = "\n".join([*body, *captions])
    return (_head(whole, fonts, look) + whole + "\n" + _FOOT).encode("utf-8", "replace")


def _head(body: str, fonts: Fonts, look: Look) -> str:
    colors = THEMES[look.theme]
    values = {
        "NEEDS": r"\usepackage{xcolor}" + _fonts(body, fonts),
        "SAID": colors.said.upper(),
        "GROUND": colors.ground.upper(),
        "SOFT": colors.soft.upper(),
        "LATER": colors.later.upper(),
        "INK": colors.ink.upper(),
        "PAD": "0pt" if look.theme == "light" else "4pt",
        "WIDTH": r"\columnwidth" if look.columns == 1 else r"\textwidth",
    }
    return re.sub(r"@([A-Z]+)", lambda found: values[found[1]], _HEAD)


def _fonts(body: str, fonts: Fonts) -> str:
    """Return the packages that the characters of *body* need."""
    if body.isascii():
        return ""
    if all(ord(c) < 0x180 or c in _TYPESET for c in body):
        return r"\usepackage[T1]{fontenc}"
    return rf"\usepackage{{fontspec}}\setmainfont{{{fonts.one_family(body)}}}"


def _part(title: str, note: str, units: list[Unit], picture: Picture, theme: str) -> Iterator[str]:
    heading = " · ".join(filter(None, [title, note]))
    if heading:
        yield f"\\awsmall{{{_escaped(heading)}}}"
    text = "".join(_unit(unit, picture, theme) for unit in units)
    yield f"{text.strip()}\\par\\smallskip"


def _unit(unit: Unit, picture: Picture, theme: str) -> str:
    pieces = _PARTS.findall(printable(unit.text, keep="\n\t"))
    words = [k for k, piece in enumerate(pieces) if not piece.isspace()]
    out = []
    for k, piece in enumerate(pieces):
        if piece == "\n":
            out.append("\\par\n")
        elif piece.isspace():
            out.append(" ")
        else:
            number = f"\\awnumber{{{_escaped(unit.number)}}}" if unit.number and k == words[-1] else ""
            after = "\\allowbreak{}" if without_spaces(piece[-1]) else ""
            out.append(_boxed(_escaped(piece), unit, picture, theme) + number + after)
    return "".join(out)


def _boxed(text: str, unit: Unit, picture: Picture, theme: str) -> str:
    """Return *text* with the mark of its unit."""
    if unit.said:
        return f"\\awsaid{{{text}}}"
    if unit.hidden or unit.sink:
        return f"\\awoff{{{text}}}"
    if unit.later:
        return f"\\awlater{{{text}}}"
    strength = abs(unit.share)
    if strength < _FAINT:
        return text
    colors = THEMES[theme]
    color = colors.share if not picture.signed else colors.less if unit.share < 0 else colors.more
    command = "awless" if against(picture, unit) else "awmore"
    return f"\\{command}{{{tinted(colors, color, strength * picture.intensity).upper()}}}{{{text}}}"


def _escaped(text: str) -> str:
    """Return *text* with nothing in it that LaTeX would read."""
    return "".join(_ESCAPES.get(c, c) for c in unicodedata.normalize("NFC", printable(text)))
