"""Architectures unlike others in axes, limits or parts: the right value, or a sentence that says why there is none."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers import zoo
from helpers.encoders import build, word_tokenizer
from helpers.tiny import build as build_causal
from helpers.tiny import byte_tokenizer, random_ids
from helpers.tiny_seq2seq import ending_tokenizer, words_of
from transformers import Gemma3Config, Gemma3ForConditionalGeneration

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

CLASSIFIER = "ForSequenceClassification"


def words(count: int) -> str:
    return " ".join((["good", "film", "was", "dull"] * count)[:count])


def classified(kind: str, count: int, **changes: Any) -> tuple[Any, aw.Explanation]:
    """Return the plain model and the explanation of a text of *count* words."""
    model = zoo.build_zoo(kind, CLASSIFIER, **changes)
    return copy.deepcopy(model), aw.load(model, word_tokenizer()).explain(words(count))


BLOCKS = {"attention_type": "block_sparse", "block_size": 4, "num_random_blocks": 1}


@pytest.mark.parametrize(
    ("kind", "count", "changes"),
    [("big_bird", 59, BLOCKS), ("big_bird", 58, BLOCKS), ("longformer", 21, {})],
)
def test_gradients_where_the_model_pads_its_input(kind: str, count: int, changes: dict[str, Any]) -> None:
    plain, ex = classified(kind, count, **changes)
    logits, leaves = zoo.plain_logits(plain, ex, CLASSIFIER)
    best = logits[0].double().log_softmax(-1)[ex.trace.outputs[0]]
    np.testing.assert_allclose(ex.steps["log_probability"][0], best.item(), atol=1e-4)
    truth = leaves.gradients(best)[: count + 2].norm(dim=-1).numpy()
    ours = ex.scores("saliency", normalize=None).to_numpy()[0]
    np.testing.assert_allclose(ours, truth, atol=1e-4 * truth.max())


@pytest.mark.parametrize("kind", ["longformer", "funnel", "yoso"])
def test_attention_of_other_axes_is_never_shown(kind: str, tmp_path: Path) -> None:
    _, ex = classified(kind, 40)
    assert ex.reading.n_layers == 0
    assert ex.reading.attention_note
    for read in (ex.attention, lambda: ex.scores("attention"), lambda: ex.reading.head_weights([0])):
        with pytest.raises(aw.AttrWidgetError, match=r"\.$"):
            read()
    assert "attention" not in [method.name for method in ex.methods()]
    assert "rollout" not in [method.name for method in ex.methods()]
    ex.to_html(tmp_path / "page.html")
    ex.save(tmp_path / "file.safetensors")


@pytest.mark.parametrize("kind", ["led", "longt5"])
def test_the_encoders_attention_of_other_axes_is_refused_alone(kind: str) -> None:
    changes = {"encoder_attention_type": "local", "local_radius": 7} if kind == "longt5" else {}
    model = zoo.build_zoo(kind, "ForSeq2SeqLM", **changes)
    ex = aw.load(model, ending_tokenizer()).explain(words_of(38), output=words_of(4, seed=1))
    assert ex.attention(0, 0, part="cross").shape == (4, 38)
    with pytest.raises(aw.AttrWidgetError, match=r"encoder of .* returns has other rows"):
        ex.attention(0, 0, part="encoder")


def test_a_decoder_that_reads_later_tokens_is_refused() -> None:
    """ProphetNet's: Transformers mixes up the positions that its relative embeddings belong to."""
    model = zoo.build_zoo("prophetnet", "ForSeq2SeqLM")
    source, target = torch.tensor([random_ids(7)]), torch.tensor([random_ids(12, seed=1)])
    with torch.no_grad():
        whole = model(input_ids=source, decoder_input_ids=target, use_cache=False).logits[0, :4]
        alone = model(input_ids=source, decoder_input_ids=target[:, :4], use_cache=False).logits[0]
    assert (whole - alone).abs().max() > 0.1
    loaded = aw.load(model, ending_tokenizer())
    for given in ({"output": words_of(4, seed=1)}, {"max_new_tokens": 2}):
        with pytest.raises(aw.AttrWidgetError, match="reads the tokens that come after the one it predicts"):
            loaded.explain(words_of(8), **given)


@pytest.mark.parametrize("kind", ["openai-gpt", "gpt_bigcode"])
def test_logit_lens_of_models_that_take_one_batch_size(kind: str) -> None:
    model = zoo.build_zoo(kind, "ForCausalLM")
    ids = random_ids(12)
    lens = aw.load(model, byte_tokenizer()).explain(ids[:9], output=ids[9:]).logit_lens()
    with torch.no_grad():
        out = model(torch.tensor([ids[:-1]]), output_hidden_states=True)
        first = out.hidden_states[1][0, 8:]
        norm = model.transformer.ln_f if kind == "gpt_bigcode" else torch.nn.Identity()
        truth = model.lm_head(norm(first)).softmax(-1)
    np.testing.assert_allclose(
        [lens.loc[0, (step, "chosen")] for step in range(3)], truth[range(3), ids[9:]], rtol=1e-4
    )


def test_value_zeroing_of_attention_modules_without_a_flag() -> None:
    """NLLB-MoE's self-attention and cross-attention are told apart by where they stand, not by their flags."""
    model = zoo.build_zoo("nllb-moe", "ForSeq2SeqLM", encoder_sparse_step=2, decoder_sparse_step=2)
    ex = aw.load(model, ending_tokenizer()).explain(words_of(6), output=words_of(3, seed=1))
    rows = ex.scores("value_zeroing", normalize=None).to_numpy()
    zeroed = 2  # a token of the source: its values in the encoder and in cross-attention

    def states(*, zero: bool) -> torch.Tensor:
        def cut(module: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
            reads_source = not module.in_decoder_self_attention
            output = output.clone()
            if zero and reads_source:
                output[:, zeroed] = 0
            return output

        plain, seen = copy.deepcopy(model), []
        for name, module in plain.named_modules():
            if name.endswith("v_proj"):
                module.in_decoder_self_attention = "decoder" in name and "self_attn" in name
                module.register_forward_hook(cut)
        plain.lm_head.register_forward_pre_hook(lambda _m, args: seen.append(args[0]))
        ids = torch.tensor([ex.tokens.ids])
        n = ex.reading.n_source
        with torch.no_grad():
            plain(input_ids=ids[:, :n], decoder_input_ids=ids[:, n:-1], use_cache=False)
        return seen[0][0].double()

    whole, changed = states(zero=False), states(zero=True)
    truth = 1 - torch.nn.functional.cosine_similarity(whole, changed, dim=-1)
    np.testing.assert_allclose(rows[:, zeroed], truth[-3:], atol=1e-6)


def test_limits_that_do_not_bind() -> None:
    dynamic = {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0}
    model = build_causal("llama", max_position_embeddings=32, rope_parameters=dynamic)
    ids = random_ids(40)
    plain = copy.deepcopy(model)
    ex = aw.load(model, byte_tokenizer()).explain(ids[:30], output=ids[30:])
    with torch.no_grad():
        log_p = plain(torch.tensor([ids[:-1]])).logits[0, 29:].double().log_softmax(-1)
    np.testing.assert_allclose(ex.steps["log_probability"], log_p[range(10), ids[30:]], atol=1e-4)
    relative = build("deberta_v2", CLASSIFIER, max_position_embeddings=32, num_labels=3)
    assert aw.load(relative, word_tokenizer()).explain(words(50)).reading.n_inputs == 52
    absolute = build("deberta_v2", CLASSIFIER, max_position_embeddings=32, position_biased_input=True)
    with pytest.raises(aw.AttrWidgetError, match="at most 32"):
        aw.load(absolute, word_tokenizer()).explain(words(50))


def test_a_classifier_with_a_decoder_and_no_padding_token() -> None:
    model = build("bart", CLASSIFIER)
    model.config.pad_token_id = None
    with pytest.raises(aw.AttrWidgetError, match=r"no padding token.*set model\.config\.pad_token_id"):
        aw.load(model, word_tokenizer()).explain("the film was good")


def test_a_vision_language_model_names_the_task_for_its_text() -> None:
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {**shape, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": 330}
    config = Gemma3Config(text_config=text, vision_config={**shape, "image_size": 16, "patch_size": 8})
    model = Gemma3ForConditionalGeneration(config).eval()
    with pytest.raises(aw.AttrWidgetError, match='task="text-generation"'):
        aw.load(model, byte_tokenizer())
    ids = random_ids(9)
    ex = aw.load(model, byte_tokenizer(), task="text-generation").explain(ids[:6], output=ids[6:])
    with torch.no_grad():
        log_p = model(torch.tensor([ids[:-1]])).logits[0, 5:].double().log_softmax(-1)
    np.testing.assert_allclose(ex.steps["log_probability"], log_p[range(3), ids[6:]], atol=1e-4)


def test_what_a_model_raises_is_one_sentence_with_the_cause() -> None:
    model = build_causal("gpt2")
    loaded = aw.load(model, byte_tokenizer())
    loaded.explain(random_ids(4), output=[5])

    def refuse(_module: Any, _args: Any) -> None:
        raise IndexError("too many indices\nfor tensor of dimension 2")

    model.transformer.h[0].register_forward_pre_hook(refuse)
    with pytest.raises(
        aw.AttrWidgetError, match=r"GPT2LMHeadModel failed when it ran .* too many indices\.$"
    ) as caught:
        loaded.explain(random_ids(4), output=[5])
    assert isinstance(caught.value.__cause__, IndexError)
