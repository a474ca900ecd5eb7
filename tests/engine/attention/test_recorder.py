"""Attention read by head, by layer and by rule, and what reading it costs."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers import zoo
from helpers.tiny import build, byte_tokenizer, random_ids, save
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import AutoModelForCausalLM

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST, COUNT = 7, 15
IDS = random_ids(COUNT)
RULES = {"mean": np.mean, "sum": np.sum, "max": np.max}


@pytest.fixture(scope="module")
def replace_embeddings(folder: Callable[[str], str]) -> str:
    return folder("llama")


@pytest.fixture(scope="module")
def ex(replace_embeddings: str) -> aw.Explanation:
    return aw.load(replace_embeddings).explain(IDS[:FIRST], output=IDS[FIRST:])


@pytest.fixture(scope="module")
def truth(replace_embeddings: str) -> Any:
    """[layers, heads, steps, inputs] as the model itself returns them."""
    return returned(replace_embeddings, IDS)[:, :, FIRST - 1 :]


def returned(replace_embeddings: str, ids: list[int]) -> Any:
    model = AutoModelForCausalLM.from_pretrained(replace_embeddings, attn_implementation="eager").eval()
    with torch.no_grad():
        layers = model(torch.tensor([ids[:-1]]), output_attentions=True, use_cache=False).attentions
    return torch.cat(layers).numpy()


class LargestTensor(TorchDispatchMode):
    """Remembers how many numbers the largest tensor made inside it holds."""

    numel = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, tuple | list) else [made]:
            if isinstance(tensor, torch.Tensor):
                self.numel = max(self.numel, tensor.numel())
        return made


@pytest.mark.parametrize("rule", RULES)
def test_rules_over_heads(ex: aw.Explanation, truth: Any, rule: str) -> None:
    def close(ours: Any, weights: Any) -> None:
        np.testing.assert_allclose(np.nan_to_num(ours), RULES[rule](weights, axis=0), atol=2e-6)

    everything = truth.reshape(-1, *truth.shape[2:])
    close(ex.attention(head_rule=rule), everything)
    close(ex.attention(2, head_rule=rule), truth[2])
    close(ex.attention(1, [3, 0], head_rule=rule), truth[1, [0, 3]])
    close(ex.scores("attention", layer=1, head=[3, 0], head_rule=rule), truth[1, [0, 3]])
    picked = [(0, 1), (2, 3), (2, 0)]
    rows = ex.reading.rows("attention", [4, 1], heads=picked, head_rule=rule)
    close(rows, np.stack([truth[layer, head] for layer, head in picked])[:, [4, 1]])
    rows = ex.reading.rows("attention", [0], layer=1, head_rule=rule)
    close(rows, truth[1][:, [0]])


def test_a_head_named_twice_counts_once(ex: aw.Explanation, truth: Any) -> None:
    rows = ex.reading.rows("attention", [2], heads=[(1, 1), (1, 1)], head_rule="sum")
    np.testing.assert_allclose(np.nan_to_num(rows), truth[1, 1, [2]], atol=2e-6)


def test_rows_are_distributions(ex: aw.Explanation) -> None:
    for weights in (ex.attention(0, 2), ex.attention(), ex.attention(0, 2, targets="all")):
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


def test_all_targets_are_labelled_by_what_they_read(ex: aw.Explanation) -> None:
    every = ex.attention(0, 0, targets="all")
    assert list(every.index) == list(every.columns) == ex.tokens.labels[:-1]
    steps = ex.attention(0, 0)
    assert list(steps.index) == ex.tokens.labels[FIRST:]
    np.testing.assert_array_equal(every.to_numpy()[FIRST - 1 :], steps.to_numpy())


@pytest.mark.parametrize("name", ["mistral", "gemma3"])
def test_a_window_longer_than_the_trial_text(name: str, tmp_path: Any) -> None:
    """The model is tried on a score of tokens; a wider window acts only later."""
    replace_embeddings = save(build(name, sliding_window=32), tmp_path)
    ids = random_ids(70)
    truth = returned(replace_embeddings, ids)
    assert (truth[:, :, 60, :20] == 0).any()
    ex = aw.load(replace_embeddings).explain(ids[:40], output=ids[40:])
    for layer in range(ex.reading.n_layers):
        ours = ex.attention(layer, 1, targets="all").fillna(0).to_numpy()
        np.testing.assert_allclose(ours, truth[layer, 1], atol=2e-6)


@pytest.mark.parametrize(
    ("name", "pieces"), [("gpt2", True), ("llama", True), ("opt", True), ("mistral", False)]
)
def test_a_long_text_read_piece_by_piece(name: str, pieces: bool, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("attrwidget.kinds.causal.trace._ONE_RUN", 32)
    monkeypatch.setattr("attrwidget.kinds.causal.trace._PIECE", 16)
    replace_embeddings = save(build(name), tmp_path)
    ids = random_ids(70)
    truth = returned(replace_embeddings, ids)
    ex = aw.load(replace_embeddings).explain(ids[:60], output=ids[60:])
    assert [len(record.pieces) for record in ex.trace.attention.records] == [
        5 if pieces else 1
    ] * ex.reading.n_layers
    for layer in range(ex.reading.n_layers):
        ours = ex.attention(layer, 1, targets="all").fillna(0).to_numpy()
        np.testing.assert_allclose(ours, truth[layer, 1], atol=2e-6)
        rows = [68, 3, 30]  # in any order
        some = ex.trace.attention.weights(layer, [1], rows)[0]
        np.testing.assert_allclose(some, truth[layer, 1][rows], atol=2e-6)
    monkeypatch.undo()
    whole = aw.load(replace_embeddings).explain(ids[:60], output=ids[60:])
    np.testing.assert_allclose(ex.steps["log_probability"], whole.steps["log_probability"], atol=1e-5)
    np.testing.assert_allclose(ex.scores("weighted_attention"), whole.scores("weighted_attention"), atol=1e-5)


@pytest.mark.parametrize("name", ["gpt2", "llama", "gemma2"])
def test_reading_one_head_makes_one_head(name: str) -> None:
    n, model = 200, build(name, vocab_size=60)
    ids = random_ids(n + 1, vocabulary=60)
    ex = aw.load(model, byte_tokenizer()).explain(ids[:20], output=ids[20:])
    with LargestTensor() as largest:
        ex.attention(1, 1, targets="all")
    assert largest.numel == n * n
    with LargestTensor() as largest:
        ex.attention(1, targets="all")
    assert largest.numel == 4 * n * n
    with LargestTensor() as largest:
        ex.reading.head_weights([30])
    assert largest.numel <= 4 * n * 8


@pytest.mark.slow
def test_what_is_kept_grows_with_the_text_not_its_square() -> None:
    model, kept = build("llama", vocab_size=60), []
    for n in (64, 128, 256):
        ids = random_ids(n + 1, vocabulary=60)
        ex = aw.load(model, byte_tokenizer()).explain(ids[:20], output=ids[20:])
        records = ex.trace.attention.records
        tensors = [t for r in records for t in (r.query, r.key, *(p.mask for p in r.pieces))]
        kept.append(sum(t.untyped_storage().nbytes() for t in tensors if t is not None))
    assert kept[2] == 2 * kept[1] == 4 * kept[0]


@pytest.mark.slow
def test_keys_that_are_no_tokens_are_left_out() -> None:
    """DeepSeek-V4 puts compressed keys after those of the text, in some layers."""
    model, ids = zoo.build_zoo("deepseek_v4", "ForCausalLM"), random_ids(30)
    eager = type(model)._from_config(copy.deepcopy(model.config), attn_implementation="eager").eval()
    eager.load_state_dict(model.state_dict())
    with torch.no_grad():
        layers = eager(torch.tensor([ids[:-1]]), output_attentions=True, use_cache=False).attentions
    assert {layer.shape[-1] for layer in layers} != {29}
    ex = aw.load(model, byte_tokenizer()).explain(ids[:25], output=ids[25:])
    truth = torch.cat([layer[0, :, -1, :29] for layer in layers])
    np.testing.assert_allclose(ex.scores("attention").iloc[-1], truth.mean(0), atol=1e-5)
    for method in ("rollout", "weighted_attention", "gradient_x_attention"):
        assert np.isfinite(ex.scores(method).iloc[-1]).all()
    assert np.isfinite(ex.heads(4)).all(axis=None)
