"""Inseq's results and files as explanations, and back: its numbers are ours."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import warnings
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, byte_tokenizer, save

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its own imports warn of
    inseq = pytest.importorskip("inseq")

pytestmark = pytest.mark.filterwarnings("ignore")
METHODS = ("saliency", "input_x_gradient", "attention", "occlusion")
CASES = [("gpt2", m, False) for m in METHODS] + [("bart", m, t) for m in METHODS for t in (False, True)]


class Case(NamedTuple):
    """An Inseq result, and the explanation of it."""

    out: Any
    ex: aw.SavedExplanation


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> str:
    from transformers import BartConfig, BartForConditionalGeneration

    shape = {f"{side}_{name}": n for side in ("encoder", "decoder") for name, n in _BART.items()}
    ids = dict.fromkeys(("pad", "bos", "eos", "decoder_start"), 0)
    config = BartConfig(
        vocab_size=330,
        d_model=32,
        max_position_embeddings=64,
        forced_eos_token_id=None,
        **shape,
        **{f"{name}_token_id": value for name, value in ids.items()},
    )
    model = BartForConditionalGeneration(config).eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.2, generator=generator)
    return save(model, tmp_path_factory.mktemp("bart"))


_BART = {"layers": 2, "attention_heads": 4, "ffn_dim": 48}


@pytest.fixture(scope="module")
def case(bart: str, folder: Callable[[str], str]) -> Callable[..., Case]:
    known: dict[Any, Case] = {}

    def get(kind: str, method: str, target: bool) -> Case:
        key = (kind, method, target)
        if key not in known:
            model = inseq.load_model(bart if kind == "bart" else folder("gpt2"), method)
            options: dict[str, Any] = {"attribute_target": target} if kind == "bart" else {}
            if method != "attention":
                options["step_scores"] = ["probability", "entropy", "crossentropy"][:2]
            text = ANSWER if kind == "bart" else PROMPT + ANSWER
            out = model.attribute(PROMPT, text, show_progress=False, **options)
            known[key] = Case(out, aw.from_inseq(out))
        return known[key]

    return get


def columns(sequence: Any) -> np.ndarray:
    """Return Inseq's table, source above target, as [steps, inputs]."""
    end = sequence.attr_pos_end
    parts = []
    if sequence.source_attributions is not None:
        parts.append(sequence.source_attributions.numpy())
    if sequence.target_attributions is not None:
        parts.append(sequence.target_attributions.numpy()[: end - 1])
    else:
        parts.append(np.full((end - 1, end - sequence.attr_pos_start), np.nan))
    return np.concatenate(parts).T


@pytest.mark.parametrize(("kind", "method", "target"), CASES)
def test_numbers_are_those_of_its_table(
    case: Callable[..., Case], kind: str, method: str, target: bool
) -> None:
    out, ex = case(kind, method, target)
    shown = columns(out[0].aggregate())
    ours = ex.scores(method, normalize=None if method == "occlusion" else "inseq").to_numpy()
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(shown))
    np.testing.assert_allclose(ours, shown, rtol=0, atol=1e-6)
    if method == "input_x_gradient":
        signed = columns(out[0].aggregate("sum", normalize=False))
        np.testing.assert_allclose(ex.scores(method, normalize=None), signed, rtol=1e-5, atol=1e-7)
    rows = ex.reading.rows(ex.methods()[0].name, range(ex.reading.n_steps))
    if ex.methods()[0].shares:
        np.testing.assert_allclose(np.nansum(rows, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("kind", "target"), [("gpt2", False), ("bart", False), ("bart", True)])
def test_tokens_and_sections(case: Callable[..., Case], kind: str, target: bool) -> None:
    out, ex = case(kind, "saliency", target)
    n, m = len(out[0].source), len(out[0].target)
    titles = [(s.title, s.start, s.end) for s in ex.reading.sections]
    if kind == "gpt2":
        assert "".join(unit.text for unit in ex.tokens.units) == PROMPT + ANSWER
        assert titles == [("Prompt", 0, n), ("Answer", n, m)]
        assert ex.tokens.ids == [token.id for token in out[0].target]
    else:
        text = "".join(unit.text for unit in ex.tokens.units)
        assert text.replace("<|endoftext|>", "|") == f"{PROMPT}|{ANSWER}"
        assert titles == [("Source", 0, n), ("Target", n, n + 1), ("Answer", n + 1, n + m)]
        assert ex.tokens.special[n]
    assert ex.reading.first_step == n + (kind == "bart")
    steps = out[0].step_scores
    np.testing.assert_allclose(ex.steps["probability"], steps["probability"].numpy(), rtol=1e-6)
    np.testing.assert_allclose(ex.steps["entropy"], steps["entropy"].numpy(), rtol=1e-6)
    says = {"saliency": "saliency of probability, L2 norm, from Inseq"}
    assert {info.name: info.description for info in ex.methods()} == says
    json.dumps(content_of(ex.reading), allow_nan=False)
    assert str(ex)


@pytest.mark.parametrize(("kind", "target"), [("gpt2", False), ("bart", False), ("bart", True)])
def test_every_head_is_kept(case: Callable[..., Case], kind: str, target: bool) -> None:
    out, ex = case(kind, "attention", target)
    sequence = out[0]
    assert (ex.reading.n_layers, ex.reading.n_heads) == (3 if kind == "gpt2" else 2, 4)
    weights = ex.reading.head_weights(range(ex.reading.n_steps))
    n = len(sequence.source) if kind == "bart" else 0
    for layer, head in ((0, 0), (1, 3)):
        ours = ex.attention(layer, head).to_numpy()
        np.testing.assert_array_equal(ours, weights[:, layer, head])
        np.testing.assert_allclose(np.nansum(ours, axis=1), 1, atol=1e-6)
        ours = ours * (1 + target)  # two attentions normalised together
        if kind == "bart":
            theirs = sequence.source_attributions[..., layer, head].numpy().T
            np.testing.assert_array_equal(ours[:, :n], theirs)
        if sequence.target_attributions is None:
            assert np.isnan(ours[:, n:]).all()
        else:
            theirs = sequence.target_attributions[:-1, :, layer, head].numpy().T
            np.testing.assert_array_equal(np.nan_to_num(ours[:, n:]), np.nan_to_num(theirs))
    json.dumps(content_of(ex.reading), allow_nan=False)


def test_texts_by_the_tokenizer(case: Callable[..., Case]) -> None:
    for kind, target in (("gpt2", False), ("bart", True)):
        out, ex = case(kind, "saliency", target)
        with_ids = aw.from_inseq(out, tokenizer=byte_tokenizer())
        assert with_ids.tokens == ex.tokens


@pytest.mark.parametrize("options", [{}, {"compress": True}, {"use_primitives": True}])
@pytest.mark.parametrize("key", [("gpt2", "attention", False), ("bart", "input_x_gradient", True)])
def test_its_files(case: Callable[..., Case], key: Any, options: dict[str, Any], tmp_path: Path) -> None:
    out, ex = case(*key)
    out.save(tmp_path / "out.json", **options)
    read = aw.from_inseq(tmp_path / "out.json")
    assert (read.tokens, read.reading.sections, read.methods()) == (
        ex.tokens,
        ex.reading.sections,
        ex.methods(),
    )
    for info in ex.methods():
        np.testing.assert_array_equal(read.reading.raw_rows(info.name), ex.reading.raw_rows(info.name))
    np.testing.assert_array_equal(read.steps["probability"], ex.steps["probability"])


@pytest.mark.parametrize(("name", "dtype"), [("float16", torch.float16), ("float8", torch.float8_e4m3fn)])
def test_its_files_of_low_precision(case: Callable[..., Case], name: str, dtype: Any, tmp_path: Path) -> None:
    out, ex = case("gpt2", "attention", False)
    out.save(tmp_path / "out.json", scores_precision=name)
    weights = torch.from_numpy(ex.reading.head_weights(range(ex.reading.n_steps)))
    read = aw.from_inseq(tmp_path / "out.json").reading.head_weights(range(ex.reading.n_steps))
    np.testing.assert_array_equal(read, weights.to(dtype).float().numpy())


def test_a_file_of_several(case: Callable[..., Case], tmp_path: Path) -> None:
    first = case("gpt2", "saliency", False).out
    out = inseq.merge_attributions([first, deepcopy(first)])
    both = aw.from_inseq(out)
    assert [ex.tokens for ex in both] == [case("gpt2", "saliency", False).ex.tokens] * 2
    out.save(tmp_path / "out.json")
    assert len(aw.from_inseq(str(tmp_path / "out.json"))) == 2
    one = aw.from_inseq(first[0])
    np.testing.assert_array_equal(
        one.reading.raw_rows(one.methods()[0].name), both[0].reading.raw_rows("saliency")
    )


def test_what_was_aggregated_is_taken_as_it_is(case: Callable[..., Case]) -> None:
    for kind, target in (("gpt2", False), ("bart", True)):
        for method in ("saliency", "attention"):
            out, _ = case(kind, method, target)
            table = out[0].aggregate()
            ex = aw.from_inseq(table)
            np.testing.assert_allclose(ex.scores(normalize=None), columns(table), rtol=1e-6)
    layers = case("gpt2", "attention", False).out[0].aggregate("mean", do_post_aggregation_checks=False)
    assert layers.target_attributions.ndim == 3
    ex = aw.from_inseq(layers)
    assert (ex.reading.n_layers, ex.reading.n_heads) == (3, 1)


def test_some_steps_and_a_foil(folder: Callable[[str], str], bart: str) -> None:
    model = inseq.load_model(folder("gpt2"), "saliency")
    part = model.attribute(PROMPT, PROMPT + ANSWER, show_progress=False, attr_pos_start=7, attr_pos_end=9)
    ex = aw.from_inseq(part)
    assert (ex.reading.first_step, ex.reading.n_steps, ex.tokens.labels[7:]) == (7, 2, ["Washington", "."])
    np.testing.assert_allclose(ex.scores(normalize="inseq"), columns(part[0].aggregate()), atol=1e-6)
    for place, before in ((folder("gpt2"), PROMPT), (bart, "")):
        foil = inseq.load_model(place, "saliency").attribute(
            PROMPT,
            before + " George Washington",
            show_progress=False,
            attributed_fn="contrast_prob_diff",
            contrast_targets=before + " George president",
        )
        ex = aw.from_inseq(foil)
        assert [unit.text for unit in ex.tokens.units[-2:]] == [" George", " president → Washington"]
        assert ex.reading.target_function_of("saliency") == "contrast_prob_diff"
        assert ex.methods()[0].description == "saliency of contrast prob diff, L2 norm, from Inseq"


@pytest.mark.parametrize("compress", [False, True])
def test_a_bad_file_gives_one_sentence(case: Callable[..., Case], compress: bool, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    case("bart", "attention", True).out.save(path, compress=compress)
    data, bad = path.read_bytes(), tmp_path / "bad"
    for share in range(0, 100, 7):
        bad.write_bytes(data[: len(data) * share // 100])
        with pytest.raises(aw.AttrWidgetError, match=r"JSON file of Inseq's|does not hold"):
            aw.from_inseq(bad)
    generator = np.random.default_rng(0)
    for at in generator.integers(0, len(data), 150):
        changed = bytearray(data)
        changed[at] ^= 1 << int(generator.integers(8))
        bad.write_bytes(changed)
        try:
            aw.from_inseq(bad)
        except aw.AttrWidgetError as error:
            assert "\n" not in str(error)  # noqa: PT017 - a changed letter may still be a valid file


def test_other_things_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    empty, wrong = '{"sequence_attributions": []}', '{"sequence_attributions": [{}]}'
    for text in ("[]", "{}", "3", '"a"', empty, wrong, "[" * 9999):
        for data in (text.encode(), gzip.compress(text.encode())):
            path.write_bytes(data)
            with pytest.raises(aw.AttrWidgetError):
                aw.from_inseq(path)
    with pytest.raises(aw.AttrWidgetError, match="no file"):
        aw.from_inseq(tmp_path / "missing")
    with pytest.raises(aw.AttrWidgetError, match="A dict is no result of Inseq's"):
        aw.from_inseq({})


@pytest.mark.slow
def test_its_files_need_neither_inseq_nor_torch(case: Callable[..., Case], tmp_path: Path) -> None:
    case("gpt2", "saliency", False).out.save(tmp_path / "out.json")
    code = (
        "import sys, attrwidget as aw; ex = aw.from_inseq(sys.argv[1]); ex.scores(); "
        "print(sorted({'inseq', 'torch', 'transformers'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out.json")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "attention"])
def test_a_live_explanation_as_inseqs(folder: Callable[[str], str], method: str) -> None:
    live = aw.load(folder("gpt2")).explain(PROMPT, output=ANSWER)
    out = live.to_inseq(method)
    wanted = live.scores(method).to_numpy()
    np.testing.assert_allclose(columns(out[0].aggregate()), wanted, atol=1e-6)
    assert "Washington" in out.show(display=False, return_html=True)
    np.testing.assert_allclose(out[0].step_scores["entropy"].numpy(), live.steps["entropy"], rtol=1e-6)
    dicts = out.get_scores_dicts()[0]["target_attributions"]
    assert len(dicts) == live.reading.n_steps
    back = aw.from_inseq(out)
    np.testing.assert_allclose(back.reading.rows(method, range(5)), wanted, atol=1e-6)
    assert back.tokens == live.tokens
    assert back.reading.sections == live.reading.sections


@pytest.mark.parametrize(("kind", "method", "target"), CASES)
def test_there_and_back(
    case: Callable[..., Case], kind: str, method: str, target: bool, tmp_path: Path
) -> None:
    _, ex = case(kind, method, target)
    name = ex.methods()[0].name
    out = ex.to_inseq()
    out.save(tmp_path / "out.json")
    for back in (aw.from_inseq(out), aw.from_inseq(tmp_path / "out.json"), aw.open(ex.save(tmp_path / "x"))):
        assert back.tokens == ex.tokens
        assert back.reading.sections == ex.reading.sections
        np.testing.assert_allclose(
            back.reading.rows(name, range(ex.reading.n_steps)),
            ex.reading.rows(name, range(ex.reading.n_steps)),
            atol=1e-6,
        )
        assert (back.reading.n_layers, back.reading.n_heads) == (ex.reading.n_layers, ex.reading.n_heads)
    assert out.info["attribute_target"] == target


def test_without_inseq_a_sentence_says_so(case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> None:
    _, ex = case("gpt2", "saliency", False)
    monkeypatch.setitem(sys.modules, "inseq.data.attribution", None)
    with pytest.raises(
        aw.AttrWidgetError, match=r"needs inseq, which cannot be imported .*: pip install inseq"
    ):
        ex.to_inseq()
