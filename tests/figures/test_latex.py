"""Figures in LaTeX: escapes, colours, and what is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from helpers.fake import planted, random_explanation

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.figure import figure
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.look import Look

if TYPE_CHECKING:
    from pathlib import Path

STATE = {"method": "saliency", "held": [2]}


def test_every_word_is_in_a_box_as_strong_as_its_score() -> None:
    reading = random_explanation()
    tex = figure(reading, "tex", STATE).decode()
    found = re.findall(r"\\awmore\{(\w{6})\}\{(w\d)\}", tex)
    scores = reading.rows("saliency", [2])[0]
    assert [name for _, name in found] == [f"w{i}" for i in range(8)]
    depth = [255 - int(color[2:4], 16) for color, _ in found]
    assert np.corrcoef(depth, scores[:8])[0, 1] > 0.999
    assert r"\awsaid{w8}" in tex
    assert r"\awlater{w9}" in tex


def test_it_is_what_the_page_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of Markdown and LaTeX in js/panels/download/download.test.ts has the same lines."""
    monkeypatch.setattr(Fonts, "one_family", lambda *_: "DejaVu Sans")  # not every machine has one with 東
    tex = figure(planted(), "tex", {"method": "saliency", "held": [1]}).decode()
    assert "\\awmore{C3ABFA}{Paris}\\awnumber{.500}" in tex
    assert "\\awmore{D2C0FC}{is}\\awnumber{.375} \\awsaid{東}\\allowbreak{}\\par" in tex


def test_control_characters_are_named() -> None:
    tex = figure(random_explanation(texts=["a\x1b\u200bb", *[" w"] * 9]), "tex", STATE).decode()
    assert r"{a\texttt{\textbackslash{}x1b}\ensuremath{\langle}U+200B\ensuremath{\rangle}b}" in tex


def test_nothing_of_the_text_is_read_by_latex() -> None:
    text = "\\input{x} 50% #1 $a_b^c$ ~{}& <|end|> --"
    tex = figure(random_explanation(texts=[text, *[" w"] * 9]), "tex", STATE).decode()
    body = tex[tex.rindex(r"\awsmall{Prompt") :].replace(r"\textbackslash{}input\{x\}", "")
    assert not re.search(r"(?<!\\)[%#$&_^~]", body)
    assert r"\input{x}" not in body


def test_text_from_right_to_left_or_without_a_font_is_refused() -> None:
    with pytest.raises(AttrWidgetError, match="from right to left, such as 'שלום'"):
        figure(random_explanation(texts=["שלום", *[" w"] * 9]), "tex", STATE)
    with pytest.raises(AttrWidgetError, match=r"LaTeX takes one font here, and .* has no .*🙂"):
        figure(random_explanation(texts=["🙂", *[" w"] * 9]), "tex", STATE)


@pytest.mark.skipif(bool(Fonts("東").missing), reason="needs a font with Chinese characters")
def test_chinese_names_its_font() -> None:
    chinese = figure(random_explanation(texts=["東京", *[" w"] * 9]), "tex", STATE).decode()
    families = re.findall(r"\\usepackage\{fontspec\}\\setmainfont\{([^}]+)\}", chinese)
    assert set(families) == {Fonts("東京 w").one_family("東京 w")}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs a LaTeX")
@pytest.mark.parametrize("read_in", [False, True])
def test_it_compiles_by_itself_and_in_a_paper(read_in: bool, tmp_path: Path) -> None:
    texts = ["\\é% #1", " $a_b^c$~{}&", " <|end|>\"'`", "\n\n", " -- naïve", *[" w"] * 5]
    state = {**STATE, "method": "input_x_gradient"}
    (tmp_path / "why.tex").write_bytes(
        figure(random_explanation(texts=texts), "tex", state, Look(theme="dark"))
    )
    needs = r"\documentclass[twocolumn]{article}\usepackage{xcolor}\usepackage[T1]{fontenc}"
    (tmp_path / "paper.tex").write_text(needs + r"\begin{document}\input{why}\input{why} end\end{document}")
    name = "paper" if read_in else "why"
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / f"{name}.pdf").stat().st_size > 1000
