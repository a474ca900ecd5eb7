"""Beside ContextCite 0.0.4 on SmolLM2: how well linear models of the answer foretell what other contexts do to it.

ContextCite needs libraries that this project does not, so it is run from a folder of its own, named by CONTEXT_CITE:
``pip install --no-deps --target FOLDER context-cite==0.0.4``. nltk and spaCy, by which it splits texts, are not called
here, as both tools are given the documents.
"""

from __future__ import annotations

import os
import sys
import types
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.stats import spearmanr

from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNS, _HELD_OUT, _TOKENS = 64, 64, 24
_FACTS = (
    "The Tay Bridge in Dundee was opened in 1887.",
    "The Severn Bridge was opened by Queen Elizabeth in 1966.",
    "The Bosphorus Bridge in Istanbul was opened in 1973.",
    "The Golden Gate Bridge in San Francisco was opened in 1937.",
    "Tower Bridge in London has two towers and was opened in 1894.",
    "The Forth Bridge carries trains and was finished in 1890.",
    "The Rialto Bridge in Venice was built of stone in 1591.",
    "The Millau Viaduct in France is 343 metres tall.",
    "The Brooklyn Bridge took fourteen years to build.",
    "Thirty statues stand on the Charles Bridge in Prague.",
)
_QUESTIONS = (
    "When was the bridge in Istanbul opened?",
    "How tall is the Millau Viaduct?",
    "Which bridge has thirty statues, and in which city is it?",
    "Which bridge carries trains?",
)

NOTE = (
    "ContextCite: the linear data-modelling score is the rank correlation (Spearman) of what a linear model of the "
    f"documents foretells with the log-odds of the answer in {_HELD_OUT} other contexts, of which ContextCite deletes "
    f"a random half of ten documents (Cohen-Wang et al. 2024, §3); mean of {len(_QUESTIONS)} questions to "
    "SmolLM2-135M-Instruct."
)


def run() -> Iterator[Result]:
    """Yield the scores of both tools by as many forward passes, and of leaving out by one for each document."""
    citer = _context_cite()
    ours, theirs, left_out = [], [], []
    model = _model()
    for question in _QUESTIONS:
        context = "\n".join(_FACTS)
        prompt = f"Context: {context}\n\nQuery: {question}"
        ex = model.explain([{"role": "user", "content": prompt}], max_new_tokens=_TOKENS)
        answer = [i for i in ex.trace.outputs if i not in model.tokenizer.all_special_ids]
        ex = model.explain([{"role": "user", "content": prompt}], output=answer)
        masks, truth = _ablated(citer, model, question, answer, count=_HELD_OUT, seed=1000)
        fitted, values = _ablated(citer, model, question, answer, count=_RUNS, seed=0)
        weights, _ = citer.solver.LassoRegression().fit(fitted, values, len(answer))
        theirs.append(_score(masks, weights, truth))
        # Of the forward passes of span regression, 16 judge the fit.
        ours.append(_score(masks, _weights(ex, "span_regression", samples=_RUNS - 16), truth))
        left_out.append(_score(masks, _weights(ex, "leave_one_out"), truth))
    mean, other, by_one = (float(np.mean(scores)) for scores in (ours, theirs, left_out))
    yield Result(
        f"linear data-modelling score, {len(_FACTS)} documents, {_RUNS} forward passes (span regression)",
        f"{mean:.2f}",
        f"ContextCite {other:.2f}",
        f"{mean / other:.2f} of it",
        "1 of it",
        mean >= other,
    )
    yield Result(
        f"(the same, each document left out: {len(_FACTS)} forward passes)",
        f"{by_one:.2f}",
        f"ContextCite, {_RUNS} passes {other:.2f}",
        f"{by_one / other:.2f} of it",
    )


def _model() -> Any:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from helpers.real import smollm2

    return smollm2()


def _context_cite() -> Any:
    """Import ContextCite from its folder, with empty modules for libraries that are not called."""
    sys.path.insert(0, os.environ["CONTEXT_CITE"])
    empty: dict[str, dict[str, Any]] = {
        "nltk": {"download": lambda _name: True},
        "spacy": {},
        "spacy.lang": {},
        "spacy.lang.en": {"English": None},
        "datasets": {"Dataset": types.SimpleNamespace(from_dict=_Rows)},
    }
    missing = {root for root in ("nltk", "spacy", "datasets") if find_spec(root) is None}
    for name, members in empty.items():
        if name.split(".")[0] in missing:
            module = types.ModuleType(name)
            vars(module).update(members)
            sys.modules[name] = module
    import context_cite.solver
    import context_cite.utils

    return context_cite


class _Rows(list[dict[str, Any]]):
    """Rows of a mapping of columns."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        super().__init__(dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _ablated(
    citer: Any, model: Any, question: str, answer: list[int], *, count: int, seed: int
) -> tuple[Any, Any]:
    """Return random masks of the documents, and the log-odds of the answer with the others deleted, by ContextCite."""

    def prompt_ids(mask: Any = None) -> list[int]:
        kept = [fact for at, fact in enumerate(_FACTS) if mask is None or mask[at]]
        content = f"Context: {chr(10).join(kept)}\n\nQuery: {question}"
        text = model.tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        return list(model.tokenizer.encode(text, add_special_tokens=False))

    masks, values = citer.utils.get_masks_and_logit_probs(
        model.hf, model.tokenizer, count, len(_FACTS), prompt_ids, list(answer), 0.5, 1, base_seed=seed
    )
    return masks, citer.utils.aggregate_logit_probs(values)


def _weights(ex: Any, method: str, **options: Any) -> Any:
    """Return the score of each document for the whole answer."""
    table = ex.by_unit(list(_FACTS), method, normalize=None, progress=lambda _done, _total: None, **options)
    return table.to_numpy().sum(0)


def _score(masks: Any, weights: Any, truth: Any) -> float:
    return float(spearmanr(masks @ weights, truth).statistic)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for row in run():
        print(row.cells)
