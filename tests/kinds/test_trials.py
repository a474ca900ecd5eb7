"""What a model allows is printed in a few lines, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers import encoders
from helpers.tiny import build, byte_tokenizer
from helpers.tiny_seq2seq import build_seq2seq

import attrwidget as aw
from attrwidget.kinds import model as models

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines(model: Any, tokenizer: Any = None) -> dict[str, str]:
    """Return the printed capabilities, by the word that each line begins with."""
    found = aw.load(model, tokenizer or byte_tokenizer()).capabilities
    assert repr(found) == str(found)
    return dict(line.split(":", 1) for line in str(found).splitlines())


@pytest.mark.parametrize("make", [lambda: build("gpt2"), lambda: build_seq2seq("bart")], ids=["gpt2", "bart"])
def test_all_is_allowed(make: Any) -> None:
    printed = lines(make())
    assert list(printed) == ["Attention", "Gradients", "Masking"]
    assert "recorded" in printed["Attention"]
    assert "batched; a long text in segments" in printed["Gradients"]
    assert "kept" in printed["Masking"]


def test_attention_beside_the_interface() -> None:
    printed = lines(build("bloom"))
    assert "returned by the model" in printed["Attention"]
    assert "does not go through Transformers' attention interface" in printed["Attention"]
    assert "positions are counted from the mask" in printed["Masking"]


def test_no_attention_and_another_cache() -> None:
    printed = lines(build("mamba"))
    assert "no attention weights" in printed["Attention"]
    assert "in one run: its cache holds more than the keys and values" in printed["Gradients"]


def test_no_gradients() -> None:
    class Blind(torch.autograd.Function):
        """A kernel without a backward pass."""

        @staticmethod
        def forward(_ctx: Any, states: torch.Tensor) -> torch.Tensor:
            return states.clone()

        @staticmethod
        def backward(_ctx: Any, *_gradients: torch.Tensor) -> torch.Tensor:
            raise NotImplementedError("this kernel has no backward")

    model = build("gpt2")
    for block in model.transformer.h:
        block.mlp.c_fc.register_forward_hook(lambda _module, _args, output: Blind.apply(output))
    printed = lines(model)
    assert "none" in printed["Gradients"]
    assert "this kernel has no backward" in printed["Gradients"]


def cut_attention(model: Any, name: str) -> Any:
    """Return *model* with zeros for the weights *name* that carry attention, so that a token reads only itself."""
    with torch.no_grad():
        for path, weight in model.named_parameters():
            if name in path:
                weight.zero_()
    return model


@pytest.mark.parametrize(
    ("model", "tokenizer"),
    [
        (cut_attention(build("gpt2"), "attn.c_proj"), byte_tokenizer()),
        (cut_attention(build_seq2seq("bart"), "attn.out_proj"), byte_tokenizer()),
        (cut_attention(encoders.build("bert", "ForMaskedLM"), "attention.output"), encoders.word_tokenizer()),
        (
            cut_attention(encoders.build("bert", "ForSequenceClassification"), "classifier"),
            encoders.word_tokenizer(),
        ),
    ],
    ids=["gpt2", "bart", "bert", "zero head"],
)
def test_gradients_that_are_rightly_zero(model: Any, tokenizer: Any) -> None:
    assert "equal to plain automatic differentiation" in lines(model, tokenizer)["Gradients"]


@pytest.mark.parametrize("head", ["ForSequenceClassification", ""])
def test_a_text_read_at_once(head: str) -> None:
    printed = lines(encoders.build("bert", head), encoders.word_tokenizer())
    why = "it reads the whole text at once" if head else "the model has no head"
    assert why in printed["Gradients"]


def test_an_architecture_is_tried_once() -> None:
    """Another model with the same configuration is not tried again; one that was changed by hand is."""
    runs: list[int] = []
    count = torch.nn.modules.module.register_module_forward_hook
    first, second, other, hooked = (aw.load(build("llama", seed=seed), byte_tokenizer()) for seed in range(4))
    changed = aw.load(build("llama", num_hidden_layers=2), byte_tokenizer())
    hooked.hf.lm_head.register_forward_hook(lambda *_: None)
    name = type(first.hf).__name__
    with count(lambda module, *_: runs.append(1) if type(module).__name__ == name else None):
        found = first.capabilities
        tried = len(runs)
        assert tried > 5
        assert second.capabilities is found
        assert len(runs) == tried
        second.explain("The first", output=" president")
        assert len(runs) == tried + 1
        for again in (changed, hooked):
            before = len(runs)
            assert again.capabilities == found
            assert len(runs) > before
    assert other.capabilities is found


def test_a_trial_takes_few_runs() -> None:
    """A model is tried with ten short runs and backward passes of one or two steps."""
    forwards: list[int] = []
    backwards: list[int] = []
    model = aw.load(build("llama"), byte_tokenizer())
    name = type(model.hf).__name__
    original = torch.autograd.grad

    def grad(outputs: Any, inputs: Any, grad_outputs: Any = None, **options: Any) -> Any:
        backwards.append(len(grad_outputs) if options.get("is_grads_batched") else 1)
        return original(outputs, inputs, grad_outputs, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.autograd, "grad", grad)
        handle = torch.nn.modules.module.register_module_forward_hook(
            lambda module, *_: forwards.append(1) if type(module).__name__ == name else None
        )
        with handle:
            assert model.capabilities.gradients_note is None
    assert len(forwards) <= 10
    assert max(backwards) <= 2


class OneFault:
    """Raises *error* at the run or backward pass number *at*, once."""

    def __init__(self, error: Exception, at: int) -> None:
        self.error, self.left = error, at

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error


def with_one_fault(model: Any, error: Exception) -> Iterator[Any]:
    """Yield what trying *model* gives with a fault at its first run or backward pass, then at its second, …"""
    name, original = type(model.hf).__name__, torch.autograd.grad
    for at in range(1, 99):
        fault = OneFault(error, at)

        def grad(*args: Any, fault: OneFault = fault, **options: Any) -> Any:
            fault()
            return original(*args, **options)

        def run(module: Any, *_: Any, fault: OneFault = fault) -> None:
            if type(module).__name__ == name:
                fault()

        model._found = None
        models._remembered.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch.autograd, "grad", grad)
            with torch.nn.modules.module.register_module_forward_pre_hook(run):
                try:
                    yield model.capabilities
                except Exception as raised:  # noqa: BLE001 - the test looks at it
                    yield raised
        if fault.left > 0:
            return


@pytest.mark.parametrize(
    ("make", "tokenizer", "memory"),
    [
        (lambda: build("gpt2", n_layer=2), byte_tokenizer(), False),
        (lambda: build("gpt2", n_layer=2), byte_tokenizer(), True),
        (lambda: build_seq2seq("bart"), byte_tokenizer(), True),
        (lambda: encoders.build("bert", "ForSequenceClassification"), encoders.word_tokenizer(), False),
    ],
    ids=["gpt2", "gpt2-memory", "bart-memory", "bert"],
)
@pytest.mark.slow
def test_a_passing_fault_does_not_stick(make: Any, tokenizer: Any, *, memory: bool) -> None:
    model = aw.load(make(), tokenizer)
    models._remembered.clear()
    right = model.capabilities
    error = torch.OutOfMemoryError("no memory") if memory else RuntimeError("a passing fault")
    found = list(with_one_fault(model, error))
    assert len(found) > 8
    assert found[-1] == right
    refused = [one for one in found if isinstance(one, Exception)]
    why = "not enough memory to try" if memory else "failed when it "
    assert all(isinstance(one, aw.AttrWidgetError) and why in str(one) for one in refused), refused
    assert all(one == right for one in found if one not in refused)
    assert len(refused) < 4 or memory
    assert model.capabilities == right
