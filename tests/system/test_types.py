"""Editors and type checkers know what the public functions return."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]
PROGRAM = """
import numpy as np
import attrwidget as aw
from attrwidget import Prompt

hello: Prompt = [{"role": "user", "content": "Hello"}]
model = aw.load("demo")
causal = aw.load("demo", task="text-generation")
reveal_type(model)  # Model
reveal_type(causal)  # CausalModel
reveal_type(aw.load("x", task="translation", device="cuda", memory_budget=2**30))  # Seq2SeqModel
reveal_type(aw.load("x", task="fill-mask"))  # MaskedLMModel
reveal_type(aw.load("x", task="text-classification"))  # ClassifierModel
reveal_type(aw.load("x", task="token-classification"))  # TokenClassifierModel
reveal_type(aw.load("x", task="question-answering"))  # QuestionAnsweringModel
reveal_type(aw.load("x", task="feature-extraction"))  # HeadlessModel
reveal_type(model.explain("A text", max_new_tokens=2))  # Explanation
reveal_type(model.explain(["A text", "Another"]))  # list[Explanation]
reveal_type(causal.explain("A text", max_new_tokens=2, do_sample=True))  # Explanation
reveal_type(causal.explain([1, 2, 3], output=" text"))  # Explanation
reveal_type(causal.explain(hello))  # Explanation
reveal_type(causal.explain([{"role": "user", "content": "Hello"}]))  # Explanation
reveal_type(causal.explain(["A text", "Another"], output=["one", "two"]))  # list[Explanation]
reveal_type(causal.explain([[1, 2], [3]]))  # list[Explanation]
reveal_type(causal.explain(np.array([1, 2])))  # Explanation | list[Explanation]
reveal_type(causal.explain({"input_ids": [1, 2]}))  # Explanation | list[Explanation]
reveal_type(aw.load("x", task="summarization").explain("A source", num_beams=2))  # Explanation
reveal_type(aw.load("x", task="summarization").explain(["A", "B"]))  # list[Explanation]
reveal_type(aw.load("x", task="fill-mask").explain("A [MASK]", output="word"))  # Explanation
reveal_type(aw.load("x", task="fill-mask").explain(["A [MASK]"], output=[["word"]]))  # list[Explanation]
reveal_type(aw.load("x", task="text-classification").explain("A", "B"))  # Explanation
reveal_type(aw.load("x", task="text-classification").explain(["A"], ["B"]))  # list[Explanation]
reveal_type(aw.load("x", task="token-classification").explain("A", all_tokens=True))  # Explanation
reveal_type(aw.load("x", task="token-classification").explain(("A", "B")))  # list[Explanation]
reveal_type(aw.load("x", task="question-answering").explain("Who?", "Anna."))  # Explanation
reveal_type(aw.load("x", task="question-answering").explain(["Who?"], "Anna."))  # list[Explanation]
reveal_type(aw.load("x", task="feature-extraction").explain("A"))  # Explanation
reveal_type(aw.load("x", task="feature-extraction").explain(["A"]))  # list[Explanation]
with aw.capture(causal) as captured:
    reveal_type(captured)  # Capture
reveal_type(captured.explanations)  # list[Explanation]
"""
MISTAKES = """
import attrwidget as aw

aw.load("x", tsk="fill-mask")
aw.load("x", task="fill-mask", devise="cuda")
aw.load("x", task="text-generation").explain(42)
aw.load("x", task="text-generation").explain("A", max_new_tokens="two")
aw.load("x", task="fill-mask").explain("A [MASK]", max_new_tokens=2)
aw.load("x", task="question-answering").explain("Who?")
aw.load("x").name.upperr
"""


def test_types_and_mistakes_are_known(tmp_path: Path) -> None:
    files = {tmp_path / "program.py": PROGRAM, tmp_path / "mistakes.py": MISTAKES}
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    settings = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    report, trouble, _ = api.run([*settings, *map(str, files)])
    assert not trouble
    notes = re.findall(r'Revealed type is "(.*)"', report)
    shown = [re.sub(r"attrwidget[\w.]*\.|builtins\.", "", note) for note in notes]
    assert shown == re.findall(r"reveal_type.*  # (.*)", PROGRAM), report
    errors = set(re.findall(r"(\w+)\.py:(\d+): error:", report))
    lines = range(4, len(MISTAKES.splitlines()) + 1)
    assert errors == {("mistakes", str(line)) for line in lines}, report
