"""The check of the inputs that scores put first, against the model run by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.encoder_cases import MOODS, SENTENCE, bert
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.results.check import Check
from attrwidget.results.masked_runs import removable

PROMPT = "The first president of America is"


@pytest.fixture(scope="module")
def ex() -> Any:
    return aw.load("demo").explain(PROMPT, max_new_tokens=3)


def by_hand(ex: Any, step: int, gone: list[int]) -> float:
    """Return the probability of *step* with the inputs *gone* masked, by the model as loaded; positions stay."""
    seen = ex.reading.seen(step)
    mask = torch.ones(1, seen, dtype=torch.long)
    mask[0, gone] = 0
    with torch.no_grad():
        logits = ex.trace.model.own(
            torch.tensor([list(ex.tokens.ids[:seen])]),
            attention_mask=mask,
            position_ids=torch.arange(seen)[None],
        ).logits
    return float(logits[0, -1].double().softmax(-1)[ex.trace.outputs[step]])


def test_probabilities_are_those_of_the_model_with_a_mask(ex: Any) -> None:
    found = ex.check(0, inputs=[4, 2])
    assert found.inputs == (2, 4)
    assert found.words == tuple(ex.tokens.labels[i] for i in (2, 4))
    assert found.probability == pytest.approx(by_hand(ex, 0, []), rel=1e-4)
    assert found.without == pytest.approx(by_hand(ex, 0, [2, 4]), rel=1e-4, abs=1e-7)
    # Inputs 1, 3 and 5 are left to draw from: three pairs.
    pairs = [by_hand(ex, 0, pair) for pair in ([1, 3], [1, 5], [3, 5])]
    np.testing.assert_allclose(found.others, sorted(pairs), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("name", "reused"), [("llama", True), ("gpt2", True), ("mistral", False)])
def test_tokens_before_the_first_masked_one_are_run_once(
    name: str, reused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not over a cache of sliding windows, which forgets them."""
    monkeypatch.setattr("attrwidget.engine.perturb._WORTH", 2)  # in texts as short as these
    ids, step = random_ids(24), 2
    ex = aw.load(build(name), byte_tokenizer()).explain(ids[:20], output=ids[20:])
    ex.scores("leave_one_out")  # runs the unchanged text again, to compare it with the first run
    ran: list[int] = []
    counting = ex.trace.model.hf.get_input_embeddings().register_forward_pre_hook(
        lambda _module, args: ran.append(args[0].numel())
    )
    found = ex.check(step, inputs=[9, 12, 15])
    counting.remove()
    assert ran
    assert (sum(ran) < 22 * 22 * 0.9) == reused
    assert found.probability == pytest.approx(by_hand(ex, step, []), rel=1e-4)
    assert found.without == pytest.approx(by_hand(ex, step, [9, 12, 15]), rel=1e-4)
    rng = np.random.default_rng([0, step])
    rest = [i for i in removable(ex.reading, step) if i not in (9, 12, 15)]
    sets = {tuple(sorted(int(i) for i in rng.choice(rest, 3, replace=False))) for _ in found.others}
    assert len(sets) == 20
    np.testing.assert_allclose(
        found.others, sorted(by_hand(ex, step, list(gone)) for gone in sets), rtol=1e-4
    )


@pytest.mark.parametrize("name", ["llama", "gpt2", "mistral"])
def test_the_joint_probability_of_a_word_is_that_of_its_tokens_one_after_the_other(name: str) -> None:
    ids = random_ids(24)
    ex = aw.load(build(name), byte_tokenizer()).explain(ids[:20], output=ids[20:])
    found = ex.check([1, 2, 3], inputs=[9, 18])

    def whole(gone: list[int]) -> float:
        return float(np.prod([by_hand(ex, step, gone) for step in (1, 2, 3)]))

    assert (found.steps, found.inputs) == ((1, 2, 3), (9, 18))
    assert found.probability == pytest.approx(whole([]), rel=1e-4)
    assert found.without == pytest.approx(whole([9, 18]), rel=1e-4)
    rng = np.random.default_rng([0, 1])
    rest = [i for i in removable(ex.reading, 1) if i not in (9, 18)]
    assert max(rest) < ex.reading.seen(1)
    sets: set[tuple[int, ...]] = set()
    while len(sets) < 20:
        sets.add(tuple(sorted(int(i) for i in rng.choice(rest, 2, replace=False))))
    np.testing.assert_allclose(found.others, sorted(whole(list(gone)) for gone in sets), rtol=1e-4)
    row = ex.reading.rows("saliency", [1, 2, 3]).mean(axis=0)
    assert ex.check([1, 2, 3], "saliency", k=1).inputs == tuple(
        ex.reading.checks.top(1, row, 1, signed=False)
    )


def test_the_words_that_decide_hold_and_others_do_not(ex: Any) -> None:
    words = ex.tokens.labels
    country = next(i for i, word in enumerate(words) if "America" in word)
    article = next(i for i, word in enumerate(words) if word.strip() == "of")
    holds = ex.check(0, inputs=[country])
    assert holds.holds
    assert str(holds).endswith("The explanation holds.")
    fails = ex.check(0, inputs=[article])
    assert not fails.holds
    assert fails.lowest == (country,)
    low = f"{fails.others[0]:.3f}" if fails.others[0] >= 5e-4 else f"{fails.others[0]:.1e}"
    name = ex.tokens.labels[country].strip()
    assert str(fails).endswith(f"The explanation does not hold: without {name} it falls to {low}.")


def test_the_first_inputs_of_a_method_are_taken_by_value_if_it_is_signed(ex: Any) -> None:
    for name, signed in (("saliency", False), ("leave_one_out", True)):
        row = ex.scores(name).to_numpy()[1, 1 : ex.reading.seen(1)]
        first = 1 + np.argsort(-(row if signed else np.abs(row)))[:2]
        assert ex.check(1, name, k=2).inputs == tuple(sorted(int(i) for i in first))


def test_all_tokens_of_a_word_are_masked_together() -> None:
    ex = aw.load(build("llama"), byte_tokenizer()).explain("ab ctr def ghi jk", output="lm")
    words = ex.reading.checks
    units = ex.tokens.units
    (second,) = [u.start for u in units if u.text.strip().startswith("c")]
    row = np.full(ex.reading.n_inputs, 0.1)
    row[second] = 1
    gone = words.top(0, row, 1, signed=False)
    assert "".join(ex.tokens.labels[i] for i in gone) == "ctr"
    assert words.run(0, gone).words == ("ctr",)


def test_in_a_short_text_fewer_are_masked(ex: Any) -> None:
    assert len(ex.check(0, "saliency").inputs) == 2  # of the five that may go
    assert len(ex.check(2, "saliency", k=9).inputs) == 3


def test_the_first_token_and_special_ones_stay(ex: Any) -> None:
    assert ex.check(0, inputs=[0, 4]).inputs == (4,)
    with pytest.raises(AttrWidgetError, match="special tokens, the first token"):
        ex.check(0, inputs=[0])


def test_a_class_is_checked_too() -> None:
    ex = bert("ForSequenceClassification", num_labels=3, id2label=MOODS).explain(SENTENCE)
    with pytest.raises(AttrWidgetError, match="writes no text, so its steps are checked one by one"):
        ex.check([0, 1])
    found = ex.check(0, "leave_one_out", k=1)
    assert (
        len(found.others) == len([i for i in range(1, ex.reading.n_inputs) if not ex.tokens.special[i]]) - 1
    )
    assert "<p>" in found._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"step": 9}, "There is no step 9"),
        ({"step": [0, 2]}, "neighbouring steps in their order, like"),
        ({"step": []}, "neighbouring steps in their order, like"),
        ({"step": "George"}, "Steps are a list like"),
        ({"step": 0, "k": 0}, "k must be a whole number of at least 1, not 0"),
        ({"step": 0, "draws": 0}, "draws must be a whole number of at least 1, not 0"),
        ({"step": 0, "inputs": [99]}, "There is no input 99"),
        ({"step": 0, "inputs": 3}, "Inputs are a list like"),
        ({"step": 0, "inputs": [1, 2, 3]}, "too short for a check"),
        ({"step": 0, "method": "salience"}, "There is no method 'salience'"),
    ],
)
def test_what_is_wrong_is_said(ex: Any, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AttrWidgetError, match=sentence):
        ex.check(**arguments)


def test_stopped_work_is_kept() -> None:
    def stop(done: int, _total: int) -> None:
        if done >= 4:
            raise Cancelled

    other = aw.load("demo").explain(PROMPT, max_new_tokens=3)
    with pytest.raises(Cancelled):
        other.check(2, inputs=[4], progress=stop)
    counts: list[int] = []
    other.check(2, inputs=[4], progress=lambda _done, total: counts.append(total))
    assert counts[0] < 7  # 6 others and the text without the input: four texts are known


def test_a_saved_explanation_refuses(ex: Any, tmp_path: Any) -> None:
    saved = aw.open(ex.save(tmp_path / "why.attrwidget"))
    with pytest.raises(AttrWidgetError, match=r"check\(\) needs the model"):
        saved.check(0)


def test_a_small_probability_is_printed_by_its_figures() -> None:
    check = Check(
        (0,),
        (1,),
        (" the",),
        probability=2.14e-5,
        without=8e-6,
        others=(1.5e-5, 0.25),
        lowest=(2,),
        lowest_words=("a",),
    )
    assert str(check) == (
        "Without the: p 2.1e-05 → 8.0e-06; without as many others (2 draws): 1.5e-05 to 0.250. The explanation holds."
    )


def test_inputs_are_named_by_words_that_stand_there_once() -> None:
    text = aw.load("demo").explain("The capital of Japan is the capital", max_new_tokens=2)
    assert text.check(0, inputs=["Japan"]) == text.check(0, inputs="Japan") == text.check(0, inputs=[3])
    assert text.check(0, inputs=["of Japan"]).inputs == (2, 3)
    for inputs, says in (
        (["capital"], r"'capital' stands 2 times among the inputs, at 1, 6: give the position"),
        (["Jpan"], r"no word 'Jpan' among the inputs \(did you mean 'Japan'\?\)"),
        ([" "], "There is no word"),
    ):
        with pytest.raises(AttrWidgetError, match=says):
            text.check(0, inputs=inputs)
