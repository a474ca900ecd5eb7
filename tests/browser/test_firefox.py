"""An exported page in a real Firefox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.waiting import PATIENCE

import attrwidget as aw

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
READER = Path(__file__).with_name("firefox.mjs")
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 19, 24)"}


@pytest.mark.skipif(FIREFOX is None, reason="needs a Firefox")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_numbers_are_pythons_and_every_view_is_painted(scheme: str, tmp_path: Path) -> None:
    explanation = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    path = tmp_path / "why.html"
    explanation.to_html(path)
    command = ["node", READER, FIREFOX, path.as_uri(), scheme]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)

    row = explanation.scores("saliency").iloc[0].dropna()
    shown = {word: f"{score:.3f}"[1:] for word, score in row.items()}
    assert seen["tip"] == f"America → George {shown['America']}"
    strongest = row.sort_values(ascending=False).index[:5]
    assert seen["why"] == [[word, shown[word]] for word in strongest]
    p = f"{explanation.steps['probability'].iloc[0]:.3f}"[1:]
    assert seen["sentence"].startswith(f"Explaining George, token 1 of 4 · p = {p} · rank 1 · saliency")
    assert seen["background"] == BACKGROUND[scheme]
    assert {name for name, colours in seen["colours"].items() if colours < 10} == set(), seen["colours"]
    assert set(seen["colours"]) == {"Text", "Flow", "Matrix", "Heads", "Layers", "Compare"}
    assert seen["trouble"] == []
