"""Known traps of attribution, and defects of its tools, that no other test is about.

Those that another file is about: attention that is silently empty, causal masks that get lost, windows, sinks and
experts (test_architectures, test_attention); certain predictions, tied embeddings (test_gradients); low precision
(test_precision); padding on either side with absolute positions (test_batches); dropout, hooks and flags left behind,
inference mode (test_borrow, test_capture); pieces of characters (test_tokens); words, sentences and messages
(test_units, test_chat_spans); begin tokens twice, ids that change when tokenised again (test_prompts,
test_methods_inseq); sampling, beams, processors (test_generation, test_batches); foils of several tokens
(test_methods_targets); baselines (test_methods_integrated); heads of one's choice (test_attention).
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from helpers.linear import bag_of
from helpers.tiny import PROMPT, build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.methods import all_methods

FIRST, STEPS = 6, 3
IDS = random_ids(FIRST + STEPS)
SOME = ("saliency", "input_x_gradient", "leave_one_out")


def explained(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def same(one: aw.Explanation, other: aw.Explanation) -> None:
    for method in SOME:
        np.testing.assert_allclose(one.scores(method), other.scores(method), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("use_cache", False), ("use_cache", True), ("cache_implementation", "static")],
)
def test_a_cache_that_the_model_asks_for_changes_nothing(setting: str, value: Any) -> None:
    """A static cache cuts gradients off where it is written to, and one that is kept sees the text twice."""
    plain, model = build("llama"), build("llama")
    setattr(model.config if setting == "use_cache" else model.generation_config, setting, value)
    same(explained(model), explained(plain))


def test_a_compiled_model_is_explained_as_it_is() -> None:
    model = build("gpt2")
    same(explained(torch.compile(model, backend="eager")), explained(model))


def test_what_all_logits_have_in_common_is_no_reason() -> None:
    """A part of the text that raises every logit alike changes the logit's scores, and not what is chosen."""
    plain, raised = bag_of(IDS, FIRST), bag_of(IDS, FIRST)
    common = torch.randn(16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        raised.trace.model.own.head.weight += common
    raised = aw.load(raised.trace.model.own, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    for options in ({"foil": 7}, {"target_function": "log_odds"}, {"target_function": "log_prob"}):
        ours, theirs = (ex.scores("input_x_gradient", **options) for ex in (raised, plain))
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    ours, theirs = (ex.scores("input_x_gradient").to_numpy() for ex in (raised, plain))
    assert np.nanmax(np.abs(ours - theirs)) > 0.1


def test_signed_rows_keep_sign_zero_and_size() -> None:
    """Stretching each row to [0, 1] would lose all three, and make rows that cannot be compared."""
    ex = bag_of(IDS, FIRST)
    shown, raw = ex.scores("input_x_gradient").to_numpy(), ex.reading.raw_rows("input_x_gradient")
    np.testing.assert_allclose(shown, raw, rtol=1e-6)
    assert (np.nanmin(shown, axis=1) < 0).all()
    assert np.ptp(np.nanmax(np.abs(shown), axis=1)) > 0.1


def test_the_first_token_keeps_its_share() -> None:
    """It often takes most of the attention; dropping it in silence would leave rows that add up to nothing known."""
    ex = explained(build("llama"))
    for method in ("attention", "saliency", "rollout"):
        rows = ex.scores(method).to_numpy()
        assert (rows[:, 0] > 0).all()
        np.testing.assert_allclose(np.nansum(rows, axis=1), 1, rtol=1e-5)


def test_the_end_of_a_text_can_be_explained() -> None:
    tokenizer = byte_tokenizer()
    ex = aw.load(build("gpt2"), tokenizer).explain(PROMPT, output=[9, tokenizer.eos_token_id])
    assert ex.tokens.special[-1]
    assert np.isfinite(ex.scores("input_x_gradient").to_numpy()[1]).all()


def test_options_are_not_written_into() -> None:
    """Inseq keeps what one call was given as the default of the next."""
    before = {method.name: copy.deepcopy(dict(method.options)) for method in all_methods()}
    model = aw.load(build("llama"), byte_tokenizer())
    options = {"do_sample": False, "num_beams": 2}
    ex = model.explain(PROMPT, max_new_tokens=3, **options)
    for method, given in {
        "integrated_gradients": {"points": 2},
        "span_regression": {"samples": 8, "units": "token"},
        "leave_one_out_replaced": {"token": 5},
    }.items():
        ex.scores(method, **given)
        assert ex.scores(method, **given).attrs.items() >= given.items()
    assert options == {"do_sample": False, "num_beams": 2}
    assert {method.name: dict(method.options) for method in all_methods()} == before


def test_logarithms_are_natural_everywhere() -> None:
    """Inseq raises 2 to a cross-entropy in nats."""
    ex = explained(build("gpt2"))
    steps = ex.steps
    np.testing.assert_allclose(np.exp(steps["log_probability"]), steps["probability"], rtol=1e-6)
    assert steps["entropy"].max() <= np.log(330)


def test_a_prompt_longer_than_a_window_and_one_token() -> None:
    """One token has nothing but itself to go by; no row may come from elsewhere."""
    ex = aw.load(build("mistral"), byte_tokenizer()).explain(IDS[:1], output=IDS[1:])
    rows = ex.scores("saliency").to_numpy()
    np.testing.assert_array_equal(np.isnan(rows), np.triu(np.ones_like(rows, dtype=bool), 1))
    assert rows[0, 0] == 1
