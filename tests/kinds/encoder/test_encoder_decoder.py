"""Classifiers of an encoder and a decoder, both of which read the text: against plain runs of the user's model."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation, InputXGradient, IntegratedGradients, Saliency
from helpers.close import assert_close
from helpers.encoders import ENCODER_DECODERS, VOCABULARY, build, word_tokenizer

import attrwidget as aw
from attrwidget.engine.gradients.gim import modified_gradients
from attrwidget.hf.attention_interface import observed_attention
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.methods import Target

PAD, UNKNOWN, END, MASK = (VOCABULARY.index(f"[{name}]") for name in ("PAD", "UNK", "SEP", "MASK"))
TEXT = "the film was not good , a dull story ."
PAIR = ("john lives in london .", "anna lives not in paris")
CASES = [*((name, (TEXT,)) for name in ENCODER_DECODERS), ("bart", PAIR), ("t5", PAIR)]
LAST = {"mbart", "plbart"}  # their decoders begin with the text's last token


@cache
def loaded(name: str, **changes: Any) -> Any:
    own = build(name, "ForSequenceClassification", num_labels=3, dtype=torch.float64, **changes)
    return aw.load(own, word_tokenizer())


@cache
def explained(name: str, texts: tuple[str, ...] = (TEXT,)) -> Any:
    return loaded(name).explain(*texts)


def own_of(ex: Any) -> Any:
    return ex.trace.model.own


def ids_of(ex: Any) -> torch.Tensor:
    return torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])


def embedded(ex: Any) -> torch.Tensor:
    return own_of(ex).get_encoder().get_input_embeddings()(ids_of(ex)).detach()


def shifted(own: Any, ids: torch.Tensor) -> torch.Tensor:
    """Return the decoder's ids as they are documented: the start, or mBART's last token, and then the text."""
    last = own.config.model_type in LAST
    start = ids[:, -1:] if last else torch.full_like(ids[:, :1], own.config.decoder_start_token_id)
    return torch.cat([start, ids[:, :-1]], dim=1)


def logits_at(ex: Any, e: torch.Tensor) -> torch.Tensor:
    """Return logits ``[b, classes]`` of the user's model when both its stacks read the embeddings *e* ``[b, n, d]``."""
    own, ids = own_of(ex), ids_of(ex)
    start = own.get_decoder().get_input_embeddings()(shifted(own, ids)[:, :1]).expand(len(e), -1, -1)
    first = e[:, -1:] if own.config.model_type in LAST else start
    body = own.transformer if hasattr(own, "transformer") else own.model
    out = body(inputs_embeds=e, decoder_inputs_embeds=torch.cat([first, e[:, :-1]], dim=1))
    at = int((ids[0] == END).nonzero()[-1])
    return own.classification_head(out.last_hidden_state[:, at])


def log_probability(logits: torch.Tensor, output: int) -> torch.Tensor:
    return logits.log_softmax(-1)[..., output]


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_what_is_said_is_what_the_model_says(name: str) -> None:
    for texts in ((TEXT,), PAIR):
        ex = explained(name, texts)
        with torch.no_grad():
            own = own_of(ex)(ids_of(ex)).logits[0]
            torch.testing.assert_close(logits_at(ex, embedded(ex))[0], own)
        np.testing.assert_allclose(
            ex.steps["probability"], sorted(own.softmax(-1).tolist(), reverse=True), rtol=1e-6
        )
        assert ex.trace.outputs == tuple(own.argsort(descending=True).tolist())
        assert ex.trace.position(0) == ex.reading.n_inputs - 1


@pytest.mark.parametrize(("name", "texts"), CASES)
def test_gradients_are_those_of_both_uses(name: str, texts: tuple[str, ...]) -> None:
    ex = explained(name, texts)
    saliency = ex.scores("saliency", target_function="log_prob", normalize=None).to_numpy()
    product = ex.scores("input_x_gradient", target_function="log_prob").to_numpy()
    norms = ex.scores("input_x_gradient_l2", target_function="log_prob", normalize=None).to_numpy()
    for step, output in enumerate(ex.trace.outputs):
        leaf = embedded(ex).requires_grad_()
        (gradient,) = torch.autograd.grad(log_probability(logits_at(ex, leaf)[0], output), leaf)
        products = (gradient * embedded(ex))[0]
        np.testing.assert_allclose(saliency[step], gradient[0].norm(dim=-1), rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(norms[step], products.norm(dim=-1), rtol=1e-5, atol=1e-9)
        atol = 1e-6 * float(products.abs().sum(-1).max())
        np.testing.assert_allclose(product[step], products.sum(-1), rtol=1e-5, atol=atol)


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_a_gradient_is_the_slope_along_a_token_s_row_of_the_table(name: str) -> None:
    """Finite differences: the row of a word that the text has once is moved, in the table of the model itself."""
    ex = explained(name)
    changed = copy.deepcopy(own_of(ex))
    tables = {changed.get_encoder().get_input_embeddings(), changed.get_decoder().get_input_embeddings()}
    (weight,) = {table.weight for table in tables}
    (scale,) = {float(getattr(table, "embed_scale", 1.0)) for table in tables}
    # T5 normalises in float32 whatever its precision.
    size, near = (1e-4, 5e-3) if "t5" in name else (1e-5, 1e-5)
    target = Target("log_prob", ex.trace.outputs)
    ((_, gradients, scales, _),) = ex.trace.gradients(range(ex.reading.n_steps), target)
    whole = gradients.double() * scales[:, None, None]
    ids = ids_of(ex)
    for word in ("film", "dull", "."):  # the last stands in the decoder where the class is read
        at = ids[0].tolist().index(VOCABULARY.index(word))
        way = torch.randn(weight.shape[1], generator=torch.Generator().manual_seed(at), dtype=torch.float64)
        ends = []
        for side in (size, -size):
            with torch.no_grad():
                before = weight[ids[0, at]].clone()
                weight[ids[0, at]] += side * way
                ends.append(log_probability(changed(ids).logits[0], slice(None)))
                weight[ids[0, at]] = before
        slopes = ((ends[0] - ends[1]) / (2 * size))[list(ex.trace.outputs)]
        near_zero = near * float(slopes.abs().max())
        torch.testing.assert_close(scale * (whole[:, at] @ way), slopes, rtol=near, atol=near_zero)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_integrated_gradients_add_up(name: str) -> None:
    ex = explained(name)
    scores = ex.scores("integrated_gradients", points=60)
    table = own_of(ex).get_encoder().get_input_embeddings()
    with torch.no_grad():
        mean = table(torch.arange(len(VOCABULARY))).mean(0)
        whole, gone = logits_at(ex, embedded(ex)), logits_at(ex, mean.expand_as(embedded(ex)))
    change = (whole - gone)[0, list(ex.trace.outputs)].numpy()
    missing = np.abs(scores.sum(axis=1) - change).sum() / np.abs(change).sum()
    said = scores.attrs["note"].split("completeness residual ")[1].split(" %")[0]
    assert missing < 0.0006 if said == "under 0.1" else 100 * missing == pytest.approx(float(said), abs=0.06)
    # Where a norm comes first, the way begins at its singularity, and converges slowly.
    assert missing < (0.05 if "t5" in name else 0.02)
    assert_close(scores.attrs["base_values"], gone[0, list(ex.trace.outputs)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bart", "t5"])
def test_equal_to_captum(name: str) -> None:
    ex = explained(name)
    leaf = embedded(ex).requires_grad_()

    def of_ids(ids: torch.Tensor) -> torch.Tensor:
        return own_of(ex)(ids).logits

    def of_embeddings(e: torch.Tensor) -> torch.Tensor:
        return logits_at(ex, e)

    scores = {
        method: ex.scores(method, target_function="logit", normalize=None, **options).to_numpy()
        for method, options in {
            "saliency": {},
            "input_x_gradient": {},
            "integrated_gradients": {"baseline": "zero", "points": 40},
            "leave_one_out_replaced": {"token": "mask"},
        }.items()
    }
    for step, output in enumerate(ex.trace.outputs):
        ablated = FeatureAblation(of_ids).attribute(
            # Without its end the text has no class.
            ids_of(ex),
            torch.where(ids_of(ex) == END, END, MASK),
            target=output,
        )
        for method, theirs in {
            "saliency": Saliency(of_embeddings).attribute(leaf, target=output, abs=False).norm(dim=-1),
            "input_x_gradient": InputXGradient(of_embeddings).attribute(leaf, target=output).sum(-1),
            "integrated_gradients": IntegratedGradients(of_embeddings)
            .attribute(leaf, torch.zeros_like(leaf), target=output, n_steps=40, method="gausslegendre")
            .sum(-1),
            "leave_one_out_replaced": ablated,
        }.items():
            found, truth = scores[method][step], theirs[0].detach().numpy()
            if method == "leave_one_out_replaced":
                assert np.isnan(found[-1])
                found, truth = found[:-1], truth[:-1]
            np.testing.assert_allclose(found, truth, rtol=1e-4, atol=1e-6, err_msg=method)


@pytest.mark.parametrize("name", ["bart", "t5"])
def test_gim_is_of_both_uses(name: str) -> None:
    ex = explained(name)
    own, found = own_of(ex), ex.scores("gim", target_function="logit").to_numpy()
    for step, output in enumerate(ex.trace.outputs):
        leaf = embedded(ex).requires_grad_()
        with exclusive_use(own, observed_attention(own, "eager")), modified_gradients(own):
            logit = logits_at(ex, leaf)[0, output]
        (gradient,) = torch.autograd.grad(logit, leaf)
        np.testing.assert_allclose(found[step], (gradient * leaf)[0].sum(-1).detach(), rtol=1e-4, atol=1e-6)
    plain = ex.scores("input_x_gradient", target_function="logit").to_numpy()
    assert np.abs(found - plain).max() > 1e-3


@pytest.mark.parametrize(("name", "texts"), CASES)
def test_masked_inputs_are_gone_from_both(name: str, texts: tuple[str, ...]) -> None:
    ex = explained(name, texts)
    own, ids, outputs = own_of(ex), ids_of(ex), list(ex.trace.outputs)
    scores = ex.scores("leave_one_out", target_function="logit").to_numpy()
    with torch.no_grad():
        whole = own(ids).logits[0, outputs]
        for at in range(ex.reading.n_inputs):
            keep_mask, decoded = torch.ones_like(ids), torch.ones_like(ids)
            keep_mask[0, at] = 0
            read = shifted(own, ids)
            if at + 1 < ex.reading.n_inputs:
                decoded[0, at + 1], read[0, at + 1] = 0, PAD
            elif name in LAST:
                read[0, 0] = PAD
            without = own(
                ids, attention_mask=keep_mask, decoder_input_ids=read, decoder_attention_mask=decoded
            ).logits[0, outputs]
            np.testing.assert_allclose(scores[:, at], whole - without, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_of_a_masked_input_nothing_is_read(name: str) -> None:
    """Whatever word stands there: also where the decoder stands when the class is read, at the last one."""
    ex = explained(name)
    ids, words = ids_of(ex)[0].tolist(), [1, 4, ex.reading.n_inputs - 2]
    for at in words:
        other = loaded(name).explain([*ids[:at], VOCABULARY.index("music"), *ids[at + 1 :]])
        left = []
        for one in (ex, other):
            with torch.no_grad():
                whole = own_of(one)(ids_of(one)).logits[0].numpy()
            fall = np.empty(3)
            fall[list(one.trace.outputs)] = one.scores("leave_one_out", target_function="logit").iloc[:, at]
            left.append(whole - fall)
        np.testing.assert_allclose(*left, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "texts"), CASES)
def test_deleted_and_replaced_inputs(name: str, texts: tuple[str, ...]) -> None:
    ex = explained(name, texts)
    own, ids, outputs = own_of(ex), ids_of(ex), list(ex.trace.outputs)
    deleted = ex.scores("leave_one_out_deleted", target_function="logit").to_numpy()
    replaced = ex.scores("leave_one_out_replaced", target_function="logit", token=UNKNOWN).to_numpy()
    with torch.no_grad():
        whole = own(ids).logits[0, outputs]
        for at in range(ex.reading.n_inputs):
            shorter = torch.cat([ids[:, :at], ids[:, at + 1 :]], dim=1)
            changed = ids.clone()
            changed[0, at] = UNKNOWN
            for found, left in ((deleted, shorter), (replaced, changed)):
                if END not in left:
                    assert np.isnan(found[:, at]).all()
                    continue
                np.testing.assert_allclose(
                    found[:, at], whole - own(left).logits[0, outputs], rtol=1e-4, atol=1e-6
                )


@pytest.mark.parametrize(("name", "texts"), CASES)
def test_attention_is_the_decoder_s_to_the_encoder(name: str, texts: tuple[str, ...]) -> None:
    ex = explained(name, texts)
    eager = build(name, "ForSequenceClassification", num_labels=3, dtype=torch.float64, attention="eager")
    with torch.no_grad():
        layers = eager(ids_of(ex), output_attentions=True).cross_attentions
    assert (ex.reading.n_layers, ex.reading.n_heads) == (2, 4)
    for layer, weights in enumerate(layers):
        for head in range(4):
            row = weights[0, head, -1].expand(ex.reading.n_steps, -1)
            np.testing.assert_allclose(ex.attention(layer, head), row, rtol=1e-4, atol=1e-6)
    every = ex.attention(1, 2, targets="all")
    np.testing.assert_allclose(every, layers[1][0, 2], rtol=1e-4, atol=1e-6)
    assert "decoder's attention to the encoder's tokens" in ex.reading.note("attention", [0])
    for method in ("rollout", "gradient_x_attention"):
        with pytest.raises(aw.AttrWidgetError, match=r"one stack of layers, and \w+ has two"):
            ex.scores(method)
    with pytest.raises(aw.AttrWidgetError, match="leave out part="):
        ex.attention(part="encoder")


def test_value_zeroing_zeroes_both_uses() -> None:
    ex = explained("bart")
    scores = ex.scores("value_zeroing", normalize=None).to_numpy()
    own, ids = own_of(ex), ids_of(ex)

    def without(at: int) -> Any:
        return lambda _m, _a, out: (
            out.index_fill(1, torch.tensor([at]), 0) if at < ex.reading.n_inputs else out
        )

    with torch.no_grad():
        whole = own.model(ids).last_hidden_state[0, -1]
        for at in range(ex.reading.n_inputs):
            hooked = [
                *((layer.self_attn, at) for layer in own.model.encoder.layers),
                *((layer.encoder_attn, at) for layer in own.model.decoder.layers),
                *((layer.self_attn, at + 1) for layer in own.model.decoder.layers),
            ]
            handles = [part.v_proj.register_forward_hook(without(place)) for part, place in hooked]
            changed = own.model(ids).last_hidden_state[0, -1]
            for handle in handles:
                handle.remove()
            turn = 1 - torch.nn.functional.cosine_similarity(whole, changed, dim=0)
            np.testing.assert_allclose(scores[:, at], float(turn), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_every_method_reads_them(name: str) -> None:
    ex = explained(name)
    names = [info.name for info in ex.methods()]
    recorded = () if name in {"mvp", "bigbird_pegasus"} else ("gim", "value_zeroing", "weighted_attention")
    for needed in (
        "saliency",
        "smoothgrad",
        "attention",
        "span_regression",
        "leave_one_out_words",
        *recorded,
    ):
        assert needed in names
    packages = {method.partition(":")[0]: method for method in reversed(names)}
    borrowed = packages.values() if name == "bart" else ()  # one of each package
    for method in names:
        if ":" in method and method not in borrowed:
            continue
        rows = ex.reading.rows(method, range(ex.reading.n_steps))
        assert rows.shape == (ex.reading.n_steps, ex.reading.n_inputs)
        assert np.isfinite(rows[:, 1:-1]).all(), method


@pytest.mark.parametrize("name", ["bart", "mbart"])
def test_blocks_are_read_by_token(name: str) -> None:
    ex = explained(name)
    table = ex.blocks(target_function="logit")
    own, states = own_of(ex), []
    for layer in (*own.model.encoder.layers, *own.model.decoder.layers):
        layer.register_forward_hook(lambda _m, _a, out: states.append(out))
    leaf = embedded(ex).requires_grad_()
    logits = logits_at(ex, leaf)[0]
    for layer in own.modules():
        layer._forward_hooks.clear()
    for step, output in enumerate(ex.trace.outputs):
        slopes = torch.autograd.grad(logits[output], [leaf, *states], retain_graph=True)
        rows = table.loc[step].to_numpy()
        truths = [(h * g).sum(-1)[0].detach().numpy() for h, g in zip([leaf, *states], slopes, strict=True)]
        np.testing.assert_allclose(rows[:4], truths[:4], rtol=1e-4, atol=1e-6)
        # A decoder's place of a token is the next one; BART's does not read the last, and mBART's begins with it.
        np.testing.assert_allclose(rows[4:, :-1], np.stack(truths[4:])[:, 1:], rtol=1e-4, atol=1e-6)
        last = np.full(2, np.nan) if name == "bart" else np.stack(truths[4:])[:, 0]
        np.testing.assert_allclose(rows[4:, -1], last, rtol=1e-4, atol=1e-6)
