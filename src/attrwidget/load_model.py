"""The front door: load a model to explain."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.loading import load_parts
from attrwidget.kinds.model import Model

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["Model", "load"]

# The class, of which a kind of model is loaded as an object, by task.
_CLASSES = {
    "text-generation": "attrwidget.kinds.causal.model:CausalModel",
    "text2text-generation": "attrwidget.kinds.seq2seq.model:Seq2SeqModel",
    "fill-mask": "attrwidget.kinds.masked_lm:MaskedLMModel",
    "text-classification": "attrwidget.kinds.classifier:ClassifierModel",
    "question-answering": "attrwidget.kinds.question_answering:QuestionAnsweringModel",
    "token-classification": "attrwidget.kinds.token_classifier:TokenClassifierModel",
    "feature-extraction": "attrwidget.kinds.headless:HeadlessModel",
}


def load(
    model: str | Path | PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase | None = None,
    *,
    task: str | None = None,
    device: str | None = None,
    dtype: str | torch.dtype | None = None,
    quantization_config: Any = None,
    memory_budget: int | None = None,
    trust_remote_code: bool = False,
) -> Model[Any]:
    """Load a model to explain.

    *model* is ``"demo"`` (bundled, tiny, works offline), a name on the Hugging Face hub, a folder, or a
    Transformers model of your own, with its *tokenizer*. Your own object is left exactly as it was. What kind of
    model it is follows from its configuration; *task*, by its name in Transformers' pipelines, overrides that.
    *device* (such as ``"cuda"``, or ``"auto"`` for a model in parts on several), *dtype* (``"float32"``,
    ``"bfloat16"``, ``"float16"``) and *quantization_config* (such as Transformers'
    ``BitsAndBytesConfig(load_in_4bit=True)``) are for models loaded by name; by default a model stays on the CPU in the
    precision it was saved in. Code that comes with a model is run only with ``trust_remote_code=True``.
    *memory_budget* is how many bytes the graph of a text's gradients may take, half of what is free unless given: a
    longer text's is made anew in each backward pass, which takes longer and gives the same numbers.

    Raises AttrWidgetError, in one sentence with what to do, when there is no such model or it is of a kind that
    cannot be explained.
    """
    parts = load_parts(
        model,
        tokenizer,
        task=task,
        device=device,
        dtype=dtype,
        quantization_config=quantization_config,
        trust_remote_code=trust_remote_code,
    )
    if memory_budget is not None and not (is_whole(memory_budget) and memory_budget > 0):
        raise AttrWidgetError(
            f"memory_budget must be a whole number of bytes, not {memory_budget!r}: such as 4 * 2**30."
        )
    parts = parts._replace(memory_budget=memory_budget)
    module, name = _CLASSES[parts.kind.task].split(":")
    kind: type[Model[Any]] = getattr(importlib.import_module(module), name)
    return kind(parts)
