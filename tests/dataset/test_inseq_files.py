"""Data sets of Inseq are read and written, with the numbers that Inseq itself reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers import tiny

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

PROMPTS = ["The first president", "The capital of Japan is", "He was"]
OUTPUTS = [f"{prompt}{tiny.ANSWER}" for prompt in PROMPTS]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A file of several sequences that Inseq wrote, and what is in it."""
    import inseq

    folder = tmp_path_factory.mktemp("inseq")
    model = inseq.load_model(tiny.build("gpt2"), "saliency", tokenizer=tiny.byte_tokenizer())
    out = model.attribute(PROMPTS, OUTPUTS, step_scores=["probability"], show_progress=False)
    out.save(folder / "attributions.json")
    return folder / "attributions.json", out


def columns(sequence: Any) -> Any:
    return sequence.aggregate().target_attributions.numpy()


@pytest.mark.filterwarnings("ignore")
def test_inseqs_data_set_is_read_and_written_again(written: tuple[Path, Any], tmp_path: Path) -> None:
    import inseq

    path, out = written
    collection = aw.Collection.from_inseq(path, to=tmp_path / "scores")
    assert len(collection) == len(PROMPTS)
    assert collection.finished
    assert list(collection.table()["prompt"]) == PROMPTS
    back = inseq.FeatureAttributionOutput.load(collection.to_inseq(tmp_path / "again.json", "saliency"))
    assert len(back.sequence_attributions) == len(PROMPTS)
    for k, sequence in enumerate(out.sequence_attributions):
        truth = columns(sequence)
        ours = collection[k].scores("saliency", normalize="step").to_numpy().T
        np.testing.assert_allclose(ours, truth[: len(ours)], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(columns(back[k]), truth, rtol=1e-5, atol=1e-6)
        assert [token.id for token in back[k].target] == [token.id for token in sequence.target]
        probability = collection[k].steps["probability"]
        np.testing.assert_allclose(probability, sequence.step_scores["probability"], rtol=1e-5)
        assert collection.table()["probability"][k] == pytest.approx(np.prod(probability), rel=1e-4)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(aw.AttrWidgetError):
        aw.Collection.from_inseq(tmp_path / "other.json", to=tmp_path / "scores")
    assert not (tmp_path / "scores").exists()
