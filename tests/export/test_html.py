"""The offline page, on planted numbers."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.exported import decoded_attention, decoded_rows, decoded_scores, export, unpacked_text
from helpers.fake import MESSAGES, planted, random_explanation
from helpers.html_page import NASTY, Page

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.export.html import _checked, to_html
from attrwidget.export.recorded import given_size
from attrwidget.page.content import _rounded, content_of
from attrwidget.page.packing import given_meta
from attrwidget.results.check import Check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("inputs", [10, 6], ids=["words", "labels"])
def test_a_page_carries_the_numbers(inputs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.results.recorded._CHUNK_BYTES", 1)
    explanation = random_explanation(answer=5, inputs=inputs)
    _, data = export(explanation, tmp_path / "why.html")
    assert data["content"] == content_of(explanation)  # type: ignore[arg-type]
    assert (data["v"], data["left_out"]) == (1, [])
    assert data["state"]["held"] == []
    assert set(data["scores"]) == {"saliency", "input_x_gradient"}
    for method in data["scores"]:
        np.testing.assert_array_equal(decoded_scores(data, method), explanation.planted[method])
    bound = np.nanmax(explanation.weights, axis=-1, keepdims=True) / (2**16 - 1) / 2
    error = np.abs(decoded_attention(data) - explanation.weights)
    np.testing.assert_array_equal(np.isnan(error), np.isnan(explanation.weights))
    assert (np.nan_to_num(error) <= bound * 1.001).all()
    for chosen in ({"layer": 1}, {"heads": [(0, 2), (1, 1)], "head_rule": "max"}, {"head_rule": "sum"}):
        rows = explanation.rows("attention", range(5), **chosen)
        pairs = chosen.get("heads") or [
            (a, h) for a in (0, 1) for h in range(3) if chosen.get("layer", a) == a
        ]
        picked = np.stack([decoded_attention(data)[:, a, h] for a, h in pairs])
        rule = {"mean": np.mean, "max": np.max, "sum": np.sum}[chosen.get("head_rule", "mean")]
        np.testing.assert_allclose(rule(picked, axis=0), rows, atol=len(pairs) * bound.max())


def test_what_belongs_beside_the_numbers_is_in_the_page(tmp_path: Path) -> None:
    explanation = planted()
    _, data = export(explanation, tmp_path / "why.html")
    assert (data["notes"], data["sums"]) == (explanation.notes, explanation.planted_sums)
    _, data = export(explanation, tmp_path / "why.html", methods=["saliency"])
    assert data["notes"] == {}


def test_a_page_asks_nothing_of_the_network_and_runs_no_script_but_its_own(tmp_path: Path) -> None:
    text, _ = export(random_explanation(texts=NASTY, prompt=8, answer=5), tmp_path / "why.html")
    page = Page(text)
    names = [name for name, _ in page.attributes]
    assert not {"src", "href", "srcset", "action", "background", "data", "poster"}.intersection(names)
    assert not [name for name in names if name.startswith("on")]
    assert sorted(set(page.tags)) == sorted(
        {"html", "head", "meta", "title", "style", "body", "main", "h1", "bdi", "div", "noscript", "script"}
    )
    assert page.tags.count("script") == 3
    unpacked = unpacked_text(page.scripts[1]).decode()
    assert not re.search(
        r"@import|url\((?!['\"]?data:|#)|\bimport\s*\(|sendBeacon|XMLHttpRequest|WebSocket", text + unpacked
    )
    policy = next(
        value for name, value in page.attributes if name == "content" and "default-src" in str(value)
    )
    opener = page.scripts[2].encode()
    script = unpacked_text(page.scripts[1])
    digests = [base64.b64encode(hashlib.sha256(code).digest()).decode() for code in (opener, script)]
    assert policy is not None
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_token_texts_survive_and_harm_nothing(tmp_path: Path) -> None:
    text, data = export(random_explanation(texts=NASTY, prompt=8, answer=5), tmp_path / "why.html")
    assert data["content"]["tokens"]["text"] == NASTY
    block = text[text.index('id="attrwidget-data">') + len('id="attrwidget-data">') :]
    block = block[: block.index("</script>")]
    assert re.fullmatch(r"[^<&\s]+", block)
    assert text.count("<!--") == 0
    assert '<html lang="en">' in text
    assert 'name="viewport"' in text


def test_the_title_is_text(tmp_path: Path) -> None:
    text, _ = export(planted(), tmp_path / "a.html", title="<b>{x} & \ud800")
    assert "<title>&lt;b&gt;{x} &amp; ⟨U+D800⟩</title>" in text
    text, _ = export(planted(), tmp_path / "b.html")
    assert "<title>Why did demo say “is 東”?</title>" in text
    assert "<bdi>demo</bdi>" in text
    assert "<bdi>is 東</bdi>" in text
    explanation = random_explanation(
        texts=["a", "b", " c d", " e", "</s>"], prompt=2, answer=3, special=[0, 4]
    )
    text, _ = export(explanation, tmp_path / "c.html")
    assert "<title>Why did demo say “c d e”?</title>" in text
    for texts, special, shown in ((["a", "\n", "\n"], [], "⏎⏎"), (["a", "</s>"], [1], "&lt;/s&gt;")):
        explanation = random_explanation(texts=texts, prompt=1, answer=len(texts) - 1, special=special)
        text, _ = export(explanation, tmp_path / "d.html")
        assert f"<title>Why did demo say “{shown}”?</title>" in text


def test_a_folder_is_not_given_away(tmp_path: Path) -> None:
    text, data = export(random_explanation(model_name="/home/ada/models/tiny"), tmp_path / "why.html")
    assert data["content"]["model"] == "tiny"
    plain = re.sub(r'(?s)<script type="text/plain".*?</script>', "", text)
    assert not re.search(r"\bada\b", plain + json.dumps(data, default=repr))
    _, data = export(random_explanation(model_name="openai-community/gpt2"), tmp_path / "why.html")
    assert data["content"]["model"] == "openai-community/gpt2"


@pytest.mark.slow
def test_a_page_shrinks_step_by_step_and_says_how(tmp_path: Path) -> None:
    explanation = random_explanation(prompt=60, answer=40, layers=6, heads=8)
    path = tmp_path / "why.html"
    full = to_html(explanation, path).stat().st_size  # type: ignore[arg-type]
    states = []
    for limit in np.arange(full + 10_000, 0, -10_000) / 1e6:
        try:
            _, data = export(explanation, path, max_mb=float(limit))
        except AttrWidgetError as error:
            least = float(re.search(r"give max_mb=([\d.]+) or more", str(error))[1])  # type: ignore[index]
            break
        assert path.stat().st_size <= limit * 1e6
        bits = data["attention"] and data["attention"]["bits"]
        state = (bits, *(m["name"] for m in data["content"]["methods"]))
        if state not in states:
            states.append(state)
            told = " ".join(data["left_out"])
            if bits == 11:
                next_largest = np.sort(np.nan_to_num(explanation.weights), axis=-1)[..., -2, None]
                error = np.nan_to_num(np.abs(decoded_attention(data) - explanation.weights))
                assert (error <= next_largest / 1534 / 2 * 1.001).all()
            if bits == 8:
                assert "rounded to 1/255" in told
                bound = np.nanmax(explanation.weights, axis=-1, keepdims=True) / 255 / 2
                error = np.nan_to_num(np.abs(decoded_attention(data) - explanation.weights))
                assert (error <= bound * 1.001).all()
            if bits is None:
                assert data["content"]["layers"] == data["content"]["heads"] == 0
                assert not any(m["attention"] for m in data["content"]["methods"])
                assert set(data["scores"]) == set(state[1:])
            if bits is None and "attention" in state:
                assert "Single attention heads are not in this file" in told
                mean = explanation.weights.mean(axis=(1, 2))
                np.testing.assert_allclose(decoded_scores(data, "attention"), mean, rtol=1e-5)
                assert data["content"]["methods"][-1]["description"] == "attention, mean of all 48 heads"
    names = ("saliency", "input_x_gradient", "attention")
    assert states == [
        (16, *names),
        (11, *names),
        (8, *names),
        (None, *names),
        (None, *names[:2]),
        (None, *names[:1]),
    ]
    assert data["left_out"] == [
        f"Not in this file, to keep it under {limit + 0.01:g} MB: Input × gradient, Attention."
    ]
    export(explanation, path, max_mb=least)


def test_a_page_carries_what_each_head_gives(tmp_path: Path) -> None:
    explanation = random_explanation(special=[2])
    _, data = export(explanation, tmp_path / "why.html")
    record = data["heads"]
    shares, pairs = decoded_rows(record, 2, 3), decoded_rows(record["pairs"], 2, 3)
    seen = [min(6 + step, 9) for step in range(4)]
    assert (len(shares), len(pairs)) == (5, sum(seen))
    for step in range(4):
        given = explanation.given_by_heads([step])
        assert record["steps"][step] == given_meta(given)
        np.testing.assert_allclose(shares[step], given.heads, atol=given.heads.max() / 255)
        ours = pairs[sum(seen[:step]) : sum(seen[: step + 1])].transpose(1, 2, 0)
        np.testing.assert_allclose(ours, given.pairs[:, :, : seen[step]], atol=given.pairs.max() / 255)
    everything = explanation.given_by_heads(range(4))
    np.testing.assert_allclose(shares[4], everything.heads, atol=everything.heads.max() / 255)


def test_a_check_and_the_footer_say_the_same_probability() -> None:
    p = 0.97249
    check = _checked(Check((0,), (3,), ("a",), p, 0.2, (0.5, 0.9), (2,), ("b",)))
    assert check["numbers"][0] == _rounded(p)  # of which both print three decimals
    assert check["lowest"] == [2]


def test_a_large_page_leaves_out_what_each_head_gives_from_each_input(tmp_path: Path) -> None:
    explanation = random_explanation(prompt=60, answer=40, layers=6, heads=8)
    _, data = export(explanation, tmp_path / "why.html")
    assert data["heads"]["pairs"] is None
    size = len(json.dumps(data["heads"], default=lambda numbers: base64.b64encode(numbers).decode()))
    assert size <= given_size(explanation)
    assert export(explanation, tmp_path / "less.html", methods=["saliency"])[1]["heads"] is None


def test_only_what_was_asked_for_is_computed(tmp_path: Path) -> None:
    explanation = random_explanation()
    _, data = export(explanation, tmp_path / "why.html", methods=["input_x_gradient"])
    assert [m["name"] for m in data["content"]["methods"]] == ["input_x_gradient"]
    assert data["state"]["method"] == "input_x_gradient"
    assert (data["attention"], data["content"]["layers"]) == (None, 0)
    assert {method for method, _ in explanation.computed} == {"input_x_gradient"}
    assert {method for method, _ in explanation.asked} == {"input_x_gradient"}


def test_a_model_without_attention_exports(tmp_path: Path) -> None:
    _, data = export(random_explanation(layers=0), tmp_path / "why.html")
    assert data["attention"] is None
    assert data["content"]["attention_note"] == "This model shows no attention."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"methods": ["magic"]},
            "There is no method 'magic': take one of saliency, input_x_gradient, attention.",
        ),
        ({"methods": []}, "methods= is empty"),
        ({"max_mb": 0}, "max_mb is a number of megabytes above 0, not 0."),
        ({"max_mb": "big"}, "max_mb is a number of megabytes above 0, not 'big'."),
        ({"max_mb": float("nan")}, "max_mb is a number"),
        (
            {"max_mb": 0.01},
            "max_mb=0.01 is too small: even the text with the scores of one method, Saliency,",
        ),
    ],
)
def test_bad_arguments_are_sentences_before_any_work(
    options: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    explanation = random_explanation()
    with pytest.raises(AttrWidgetError, match=re.escape(sentence)):
        to_html(explanation, tmp_path / "why.html", **options)  # type: ignore[arg-type]
    assert explanation.asked == []
    assert list(tmp_path.iterdir()) == []


def test_paths_that_cannot_be_written_are_sentences_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    explanation: Any = random_explanation()
    with pytest.raises(AttrWidgetError, match="it is a folder; add a file name"):
        to_html(explanation, tmp_path)
    with pytest.raises(AttrWidgetError, match="there is no folder"):
        to_html(explanation, tmp_path / "not" / "why.html")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(AttrWidgetError, match="may not be written to"):
        to_html(explanation, tmp_path / "why.html")
    assert explanation.asked == []


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "why.html"
    old.write_text("old")

    def full(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(AttrWidgetError, match=r"Cannot write .*why\.html: No space left on device\."):
        to_html(random_explanation(), old)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["why.html"]
    assert old.read_text() == "old"


def test_a_page_carries_the_layers_where_they_are_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    explanation = planted()
    explanation.lens.rivals = lambda _step, ids: np.tile([0.125, 0.5][: len(ids)], (2, 1))  # type: ignore[union-attr,method-assign]
    _, data = export(explanation, tmp_path / "why.html")
    record, words = data["lens"], data["lens"]["words"]
    assert data["content"]["lens"] == {"layers": 2, "seconds": 0}
    assert (record["layers"], record["top"], record["rivals"]) == (2, 2, 4)
    numbers = np.frombuffer(record["data"], "<u2").reshape(2, 2, 10)
    for step, wanted in enumerate(MESSAGES["lens"]):
        assert [[words[i] for i in row] for row in numbers[step][:, [2, 4]]] == wanted["words"]
        np.testing.assert_array_equal(numbers[step][:, 1], wanted["rank"])
        chances = numbers[step][:, [0, 3, 5]] / 65535
        np.testing.assert_allclose(chances[:, 0], wanted["chosen"], atol=1e-5)
        np.testing.assert_allclose(chances[:, 1:], wanted["probability"], atol=1e-5)
    np.testing.assert_allclose(numbers[1, :, 6:] / 65535, [[0.125, 0.5, 0, 0]] * 2, atol=1e-5)

    monkeypatch.setattr("attrwidget.export.layers._BYTES", 10)
    _, data = export(explanation, tmp_path / "why.html")
    assert "lens" not in data
    assert "What each layer would have said is not in this file" in data["left_out"][-1]
    assert data["content"]["lens_note"] == data["left_out"][-1]


def test_progress_goes_up_to_the_end_and_can_stop_it(tmp_path: Path) -> None:
    explanation, told = random_explanation(), []
    explanation.rows("saliency", [0, 2])
    to_html(explanation, tmp_path / "why.html", progress=lambda *at: told.append(at))  # type: ignore[arg-type]
    assert told == sorted(told)
    assert told[0] == (2, 16)
    assert told[-1] == (16, 16)

    def stop(done: int, _total: int) -> None:
        if done > 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        to_html(random_explanation(), tmp_path / "other.html", progress=stop)  # type: ignore[arg-type]
    assert not (tmp_path / "other.html").exists()


def test_the_file_has_usual_permissions_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "why.html"
    path.write_text("old")
    usual = tmp_path / "usual"
    usual.touch()
    assert to_html(random_explanation(), str(path)) == path  # type: ignore[arg-type]
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["usual", "why.html"]
