"""A name that explain does not have is answered by the one that was meant."""

from __future__ import annotations

import pytest

import attrwidget as aw

CASES = [
    ("answer", " Tokyo", "the answer to explain is output="),
    ("target", " Tokyo", "the answer to explain is output="),
    ("continuation", " Tokyo", "the answer to explain is output="),
    ("generated_text", " Tokyo", "the answer to explain is output="),
    ("text", "The capital", "the text to explain goes first, without a name"),
    ("max_tokens", 3, "how many tokens to write is max_new_tokens="),
    ("docs", ["One."], "texts to answer from are documents=[…]"),
    ("method", "saliency", "that is an argument of the scores, such as ex.scores('saliency')"),
]


@pytest.mark.parametrize(("name", "value", "say"), CASES, ids=[case[0] for case in CASES])
def test_what_was_meant_is_named(name: str, value: object, say: str) -> None:
    with pytest.raises(aw.AttrWidgetError) as refused:
        aw.load("demo").explain("The capital of Japan is", **{name: value})
    assert str(refused.value) == f"There is no generation option {name!r}: {say}."


def test_what_the_instead_names_is_an_argument() -> None:
    """What is offered works."""
    ex = aw.load("demo").explain("The capital of Japan is", output=" Tokyo")
    assert ex.scores("input_x_gradient", foil=" Paris").shape[0] == 1


@pytest.mark.parametrize("name", ["demo", "demo-translation"])
def test_a_length_that_generate_knows_is_refused_with_the_one_to_take(name: str) -> None:
    with pytest.raises(
        aw.AttrWidgetError, match=r"max_length.*: how many tokens to write is max_new_tokens="
    ):
        aw.load(name).explain("我喜歡書。", max_length=5)


@pytest.mark.parametrize("name", ["demo", "demo-translation"])
def test_labels_are_no_option(name: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=r"'labels' is set .*: the answer to explain is output="):
        aw.load(name).explain("我喜歡書。", labels=[1])


def test_a_misspelt_option_is_still_answered_by_its_like() -> None:
    with pytest.raises(aw.AttrWidgetError, match="did you mean 'temperature'"):
        aw.load("demo").explain("The capital of Japan is", temperatur=1)
