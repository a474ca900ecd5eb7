"""What can be loaded, and the one sentence that everything else gets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import huggingface_hub
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, save
from transformers import AutoConfig, AutoModel

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(*arguments: Any, words: list[str], **options: Any) -> None:
    with pytest.raises(aw.AttrWidgetError) as caught:
        aw.load(*arguments, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", ".)"))
    for word in words:
        assert word in sentence, sentence


@pytest.fixture
def place(tmp_path: Path, folder: Callable[[str], str]) -> Path:
    return Path(shutil.copytree(folder("llama"), tmp_path / "model"))


def test_a_folder(place: Path) -> None:
    for name in (place, str(place)):
        model = aw.load(name)
        assert not model.hf.training
        assert not any(p.requires_grad for p in model.hf.parameters())
        assert model.hf.dtype == torch.float32
        assert model.name == str(place)
        assert model.explain(PROMPT, max_new_tokens=2).model_name == str(place)


def test_the_bundled_model() -> None:
    model = aw.load("demo")
    assert model.name == "demo"
    assert model.explain("The capital of France is", max_new_tokens=1).reading.n_steps == 1


@pytest.mark.parametrize("answers", [True, False])
def test_a_name_is_asked_for_once_on_the_hub(monkeypatch: pytest.MonkeyPatch, *, answers: bool) -> None:
    """A hub that cannot be reached is not tried again and again, file by file."""
    asked: list[str] = []

    def ask(url: str, **_options: Any) -> None:
        asked.append(url)
        if not answers:
            raise ConnectionError("Name or service not known")

    def give(name: str, *, local_files_only: bool, **_options: Any) -> None:
        assert local_files_only is not answers
        raise OSError(f"{name} is not to be had")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", ask)
    monkeypatch.setattr(AutoConfig, "from_pretrained", give)
    refused(
        "nobody/nothing",
        words=[
            "nobody/nothing",
            *(["not to be had"] if answers else ["cannot be reached", "HF_ENDPOINT", "folder"]),
        ],
    )
    assert len(asked) == 1
    assert "nobody/nothing" in asked[0]


def test_a_tokenizer_of_ones_own(place: Path) -> None:
    for file in place.glob("tokenizer*"):
        file.unlink()
    assert aw.load(place, byte_tokenizer()).explain(PROMPT, max_new_tokens=1).reading.n_steps == 1
    refused(place, words=["tokenizer", str(place), "save_pretrained(folder)"])


def test_a_folder_for_which_transformers_makes_up_an_empty_tokenizer(tmp_path: Path) -> None:
    build("gpt2").save_pretrained(tmp_path)
    refused(tmp_path, words=["tokenizer", str(tmp_path), "save_pretrained(folder)"])


def test_a_body_saved_without_its_head_is_loaded_as_a_causal_model(tmp_path: Path) -> None:
    """As the first GPT-2 checkpoints on the hub were; its output layer is tied to its embeddings."""
    whole = build("gpt2")
    save(whole.transformer, tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["architectures"] == ["GPT2Model"]
    ours = aw.load(tmp_path).explain(PROMPT, output=ANSWER)
    truth = aw.load(whole, byte_tokenizer()).explain(PROMPT, output=ANSWER)
    assert ours.steps["probability"].tolist() == pytest.approx(truth.steps["probability"].tolist())


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", torch.float64])
def test_a_dtype(place: Path, dtype: Any) -> None:
    wanted = getattr(torch, dtype) if isinstance(dtype, str) else dtype
    assert aw.load(place, dtype=dtype).hf.dtype == wanted


def test_the_dtype_it_was_saved_in(tmp_path: Path) -> None:
    assert aw.load(save(build("gpt2").bfloat16(), tmp_path)).hf.dtype == torch.bfloat16


def test_no_such_name() -> None:
    refused("no-such/model-at-all", words=["'no-such/model-at-all'", "'demo'"])
    refused("./no/such/folder", words=["'./no/such/folder'"])
    refused("", words=["empty"])
    refused("  ", words=["empty"])
    refused("two words?*", words=["'two words?*'"])


def test_incomplete_folders(place: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(empty, words=[str(empty), "no config.json"])
    refused(place / "config.json", words=["is a file", "folder"])
    (place / "model.safetensors").unlink()
    refused(place, words=[str(place), "no weights", ".safetensors"])


def test_broken_folders(place: Path) -> None:
    weights = place / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    refused(place, words=[str(place), "weights"])
    (place / "config.json").write_text("{ not json")
    refused(place, words=[str(place), "config.json"])
    (place / "config.json").write_text('{"model_type": "made_up"}')
    refused(place, words=[str(place), "made_up"])


def test_code_that_comes_with_a_model_is_not_run(place: Path) -> None:
    config = json.loads((place / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"},
    }
    (place / "config.json").write_text(json.dumps(config))
    (place / "own.py").write_text(f"open({str(place / 'was-run')!r}, 'w')")
    refused(place, words=["trust_remote_code=True"])
    assert not (place / "was-run").exists()


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "", "meta", 7, ["cpu"]])
def test_devices(place: Path, device: Any) -> None:
    refused(place, device=device, words=["device", repr(device)])


@pytest.mark.parametrize("dtype", ["float8", "int8", "", 16, torch.int64, torch.bool, ["float16"]])
def test_dtypes(place: Path, dtype: Any) -> None:
    refused(place, dtype=dtype, words=["dtype", repr(dtype), "float32"])


def test_objects() -> None:
    model = build("gpt2")
    refused(model, words=["tokenizer", "load(model, tokenizer)"])
    refused(model, "gpt2", words=["tokenizer", "str"])
    refused(42, words=["int", "load(model, tokenizer)"])
    refused(None, words=["NoneType"])
    refused(torch.nn.Linear(1, 1), byte_tokenizer(), words=["Linear"])
    refused(model, byte_tokenizer(), device="cpu", words=["device"])
    refused(model, byte_tokenizer(), dtype="float16", words=["dtype"])
    refused(
        AutoModel.from_config(model.config), byte_tokenizer(), words=["GPT2Model", "AutoModelForCausalLM"]
    )
    with torch.inference_mode():
        frozen = build("gpt2")
    refused(frozen, byte_tokenizer(), words=["inference_mode"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_model_is_taken_from_its_wrapper() -> None:
    model = build("gpt2")
    assert aw.load(torch.compile(model), byte_tokenizer()).hf is model
