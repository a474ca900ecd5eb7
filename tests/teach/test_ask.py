"""Questions: the key is the number on screen, known mistakes are recognised, and what was answered is kept."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw
from attrwidget.teach import edited, pick, probability, score, top_head, top_input
from attrwidget.teach.record import MIME, answers_in

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation

CASES = json.loads((Path(__file__).parents[1] / "fixtures/question.json").read_text("utf-8"))
count = itertools.count(1)
PROMPT = "The first president of America is"


@pytest.fixture(scope="module")
def ex() -> Explanation:
    return aw.load("demo").explain(PROMPT, max_new_tokens=5)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def translated() -> Explanation:
    return aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。")  # type: ignore[no-any-return]


def says(question: aw.teach.Question, *given: object) -> tuple[bool | None, str]:
    """Answer on the page, and return the verdict that the card shows."""
    question.widget.reply = {"n": next(count), "given": [str(one) for one in given]}
    verdict = question.widget.question["verdict"]
    return verdict["right"], verdict["says"]


def test_the_key_of_a_number_is_the_table_of_scores(ex: Explanation) -> None:
    table = ex.scores("saliency")
    question = aw.teach.ask("Score?", ex, answer=score("Washington", "America", "saliency"))
    right = table.loc["Washington", "America"]
    assert says(question, f"{right:.3f}") == (True, "Right.")
    assert says(question, f"{100 * right:.1f} %") == (True, "Right.")
    known = {
        "That is a hundred times as much: scores are shares, so 12 % is .12.": 100 * right,
        "That is the next row, of “.”.": table.loc[".", "America"],
        "That is the row before, of “George”.": table.loc["George", "America"],
        "That is in the column of “of”.": table.loc["Washington", "of"],
        "That is by another method: Attention.": ex.scores("attention").loc["Washington", "America"],
        "That is the probability of “Washington”, not a score.": ex.steps["probability"].iloc[1],
    }
    assert {sentence: says(question, f"{value:.4f}") for sentence, value in known.items()} == {
        sentence: (False, sentence) for sentence in known
    }


def test_a_sign_that_is_dropped_is_recognised(ex: Explanation) -> None:
    value = ex.scores("input_x_gradient").loc["George", "America"]
    question = aw.teach.ask("Score?", ex, answer=score("George", "America", "input_x_gradient"))
    assert says(question, f"{value:.3f}") == (True, "Right.")
    assert says(question, f"{-value:.3f}") == (False, "You dropped the sign.")


def test_the_attention_of_one_head(ex: Explanation) -> None:
    answer = score("Washington", "George", "attention", heads=[(2, 1)])
    question = aw.teach.ask("Attention?", ex, answer=answer)
    value = ex.attention(layer=2, head=1).loc["Washington", "George"]
    assert says(question, f"{value:.4f}") == (True, "Right.")
    mean = ex.scores("attention").loc["Washington", "George"]
    assert says(question, f"{mean:.4f}") == (False, "That is the mean of all layers and heads.")
    before = ex.attention(layer=1, head=0).loc["Washington", "George"]
    assert says(question, f"{before:.4f}")[1].startswith("That is the head before")


def test_the_largest_input_is_clicked(ex: Explanation) -> None:
    row = ex.scores("saliency").loc["Washington"].to_numpy()[:7]
    question = aw.teach.ask("Which?", ex, answer=top_input("Washington", "saliency"))
    assert says(question, row.argmax()) == (True, "Right.")
    assert says(question, row.argsort()[-2]) == (False, "That is the second largest.")
    assert says(question, ex.scores("saliency").loc["George"].to_numpy()[:6].argmax())[1].startswith(
        "That is the row"
    )
    assert question.answer.answer == "America (input 4)"


def test_of_a_translation_the_source_alone_counts(translated: Explanation) -> None:
    special, count = translated.tokens.special, translated.reading.n_source
    row = translated.scores("saliency").loc["brother"].to_numpy()
    units = [u for u in translated.tokens.units if u.end <= count and not special[u.start]]
    best = max(units, key=lambda u: row[u.start : u.end].sum())
    answer = top_input("brother", "saliency", source_only=True)
    question = aw.teach.ask("Which?", translated, answer=answer, language="zh-Hant")
    assert {says(question, i) for i in range(best.start, best.end)} == {(True, "答對了。")}
    assert says(question, translated.tokens.labels.index("</s>")) == (
        False,
        "那是模型自己加上的控制符號;請找文字中的字詞。",
    )
    assert says(question, translated.reading.first_step)[1].startswith("那是模型自己寫出的字")


def test_each_token_of_a_character_is_that_character(translated: Explanation) -> None:
    question = aw.teach.ask("Which?", translated, answer=pick(input="寄"))
    assert [says(question, i)[0] for i in (8, 9, 10, 11)] == [False, True, True, False]
    assert question.mark("9") is question.mark("10") is True


def test_probabilities_heads_steps_methods_and_choices(ex: Explanation) -> None:
    p = ex.steps["probability"]
    asked = aw.teach.ask("p?", ex, answer=probability("George"))
    assert says(asked, f"{p.iloc[0]:.3f}") == (True, "Right.")
    assert says(asked, f"{p.iloc[1]:.4f}") == (False, "That is the next row, of “Washington”.")
    asked = aw.teach.ask("Head?", ex, answer=top_head("Washington"))
    given = ex.heads(1)
    best = given.to_numpy().argmax()
    layer, head = divmod(int(best), given.shape[1])
    assert says(asked, f"{layer},{head}") == (True, "Right.")
    assert asked.answer.answer == f"layer {layer + 1}, head {head + 1}"
    asked = aw.teach.ask("Attends?", ex, answer=top_head("Washington", "George", attention=True))
    most = max(((n, m) for n in range(4) for m in range(4)), key=lambda at: _attention(ex, at))
    assert says(asked, f"{most[0]},{most[1]}") == (True, "Right.")
    asked = aw.teach.ask(
        "Least sure?", ex, answer=lambda one: pick(step=int(one.steps["probability"].argmin()))
    )
    assert says(asked, int(p.to_numpy().argmin())) == (True, "Right.")
    asked = aw.teach.ask("Method?", ex, answer=pick(method="attention"), mistakes={"saliency": "A gradient."})
    assert [says(asked, name) for name in ("saliency", "attention")] == [
        (False, "A gradient."),
        (True, "Right."),
    ]
    asked = aw.teach.ask(
        "What?", ex, answer="logit", choices=["logit", "loss"], mistakes={"loss": "No labels here."}
    )
    assert [says(asked, name) for name in ("loss", "logit")] == [(False, "No labels here."), (True, "Right.")]
    asked = aw.teach.ask("Who?", ex, answer="Washington")
    assert [says(asked, name)[0] for name in (" washington. ", "George")] == [True, False]


def _attention(ex: Explanation, at: tuple[int, int]) -> float:
    return float(ex.attention(layer=at[0], head=at[1]).loc["Washington", "George"])


def test_own_mistakes_go_before_the_usual_ones(ex: Explanation) -> None:
    mistakes = {0.567: "That is George's.", score("Washington", "of", "saliency"): "One too far left."}
    question = aw.teach.ask("?", ex, answer=score("Washington", "America", "saliency"), mistakes=mistakes)
    assert says(question, ".567") == (False, "That is George's.")
    assert says(question, f"{ex.scores('saliency').loc['Washington', 'of']:.4f}") == (
        False,
        "One too far left.",
    )


@pytest.mark.parametrize(("given", "right", "sentence"), CASES["verdicts"])
def test_answers_are_marked_as_in_an_exported_page(
    ex: Explanation, given: list[str], right: bool | None, sentence: str
) -> None:
    mistakes = {wrong["number"]: words for wrong, words in CASES["key"]["mistakes"]}
    question = aw.teach.ask("?", ex, answer=CASES["key"]["number"], mistakes=mistakes)
    found = says(question, *given)
    assert found[0] is right
    if sentence in mistakes.values():
        assert found[1] == sentence


def test_what_is_no_answer_is_not_counted(ex: Explanation) -> None:
    question = aw.teach.ask("?", ex, answer=score("Washington", "America", "saliency"))
    assert says(question, "many") == (None, "“many” is no number: type one like .123.")
    assert says(question, "") == (None, "Nothing is chosen yet: a number.")
    assert says(question)[0] is None
    assert says(question, "0") == (None, "That is right as far as it goes: give it to 3 decimals.")
    assert question.answer.tries == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"answer": score("Paris", "America", "saliency")}, "There is no answer 'Paris'"),
        ({"answer": score("George", "Paris", "saliency")}, "There is no input 'Paris'"),
        ({"answer": score("George", "Washington", "saliency")}, "has no number here"),
        ({"answer": score("George", "America", "salience")}, "did you mean 'saliency'"),
        ({"answer": pick(head=(9, 0))}, "There is no layer 9"),
        ({"answer": None}, "An answer is a number, a text or an expression"),
        ({"answer": float("nan")}, "An answer is a number"),
        ({"answer": "a", "choices": ["b"]}, "is none of choices="),
        ({"answer": 1, "mistakes": {"one": "?"}}, "A mistake is given as the answer is"),
        ({"answer": 1, "language": "fr"}, "There is no language 'fr'"),
    ],
)
def test_what_nobody_could_answer_is_refused(ex: Explanation, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        aw.teach.ask("?", ex, **options)
    with pytest.raises(aw.AttrWidgetError, match="pick takes one of"):
        pick(word="x")
    with pytest.raises(aw.AttrWidgetError, match="ask takes an explanation"):
        aw.teach.ask("?", "ex", answer=1)  # type: ignore[arg-type]


def test_words_are_changed_until_the_model_turns() -> None:
    ex = aw.load("demo-sentiment").explain("The film was wonderful.")
    assert ex.reading.answer_text == "POSITIVE"
    question = aw.teach.ask("Turn it.", ex, answer=edited("NEGATIVE", most=1))
    assert says(question) == (
        None,
        "Nothing is changed yet: double-click a word, or press E on it, and change it.",
    )
    where = ex.tokens.labels.index("was")
    end = ex.tokens.labels.index(".")
    same = ex.reading.edited({(where, where + 1): "is"})
    question.widget.reading = same
    assert says(question) == (False, "The model still says “POSITIVE”.")
    turned = ex.reading.edited({(where + 1, end): "terrible"})
    assert turned.answer_text == "NEGATIVE"
    question.widget.reading = turned
    assert says(question) == (True, "Right.")
    assert question.answer.answer == "NEGATIVE"
    question.widget.reading = same.edited({(where + 1, end): "terrible"})
    assert says(question) == (False, "You changed 2 words, and 1 are allowed.")


def test_a_changed_text_is_not_the_one_asked_about(ex: Explanation) -> None:
    question = aw.teach.ask("Which?", ex, answer=top_input("Washington", "saliency"))
    question.widget.reading = ex.reading.edited({4: "Japan"})
    assert says(question, 6)[1].startswith("You changed the text")
    question.widget.reading = ex.reading
    assert says(question, 6) == (True, "Right.")


def test_hints_are_counted_and_the_answer_is_kept_as_text(ex: Explanation) -> None:
    question = aw.teach.ask(
        "Which?", ex, answer=top_input("Washington", "saliency"), hint=["a", "b"], id="most"
    )
    question.widget.reply = {"n": 1, "hints": 2}
    assert (question.answer.hints, str(question.answer)) == (2, "[most] no answer yet")
    question.widget.reply = {"n": 2, "hints": 9, "given": ["0"]}
    question.widget.reply = {"n": 3, "given": ["6"]}
    output = question.answer.as_output()
    assert output["text/plain"] == "[most] George (input 6) · right · 2 tries, 2 hints"
    notebook = {"cells": [{"cell_type": "markdown"}, {"outputs": [{"data": output}, {"text": "x"}]}]}
    assert answers_in(notebook) == {"most": question.answer}
    assert output[MIME]["given"] == ["6"]


def test_an_app_that_saves_no_notebook_shows_no_line_below(
    ex: Explanation, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda what, **_options: shown.append(what))
    question = aw.teach.ask("Which?", ex, answer=top_input("Washington", "saliency"), id="most")
    question._ipython_display_()
    assert shown == [question.widget, question.answer.as_output()]
    monkeypatch.setenv("VOILA_KERNEL_ID", "0")
    question._ipython_display_()
    assert shown[2:] == [question.widget]


def test_a_page_sends_what_it_likes(ex: Explanation) -> None:
    question = aw.teach.ask("Which?", ex, answer=top_input("Washington", "saliency"))
    for given in (["x"], ["99"], ["-1"], [None, {}], ["a" * 10_000]):
        question.widget.reply = {"n": str(given), "given": given}
        assert question.answer.right is False
        assert len(question.answer.answer) <= 300
    question.widget.reply = {"n": 1, "given": "6", "hints": True}
    assert question.answer.tries == 5


def test_positions_of_words(translated: Explanation) -> None:
    assert aw.teach.positions(translated, "寄") == [9, 10]
    assert aw.teach.positions(translated, "便宜") == [5, 6]
    with pytest.raises(aw.AttrWidgetError, match="There is no input 'brothers'"):
        aw.teach.positions(translated, "brothers")


def test_marking_again_counts_nothing(ex: Explanation) -> None:
    question = aw.teach.ask("Score?", ex, answer=score("Washington", "America", "saliency"))
    assert [question.mark(text) for text in (".032", ".9", "x")] == [True, False, None]
    assert question.answer.right is None
