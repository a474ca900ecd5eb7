"""Load a model that can be explained: ``load``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, overload

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adopt import adopt
from attrwidget.hf.load_options import load_options
from attrwidget.hf.loading import find_model, load_weights
from attrwidget.kinds.detect import find_kind

if TYPE_CHECKING:
    from typing import Unpack

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.hf.load_options import QuantizationConfig
    from attrwidget.kinds.causal.model import CausalModel
    from attrwidget.kinds.classifier import ClassifierModel
    from attrwidget.kinds.headless import HeadlessModel
    from attrwidget.kinds.masked_lm import MaskedLMModel
    from attrwidget.kinds.model import Model
    from attrwidget.kinds.question_answering import QuestionAnsweringModel
    from attrwidget.kinds.seq2seq.model import Seq2SeqModel
    from attrwidget.kinds.token_classifier import TokenClassifierModel

    AnyModel = str | Path | PreTrainedModel
    Tokenizer = PreTrainedTokenizerBase | None

__all__ = ["load"]


class Options(TypedDict, total=False):
    """The options of ``load`` that do not change the type of what it returns."""

    device: str | None
    dtype: str | torch.dtype | None
    quantization_config: QuantizationConfig | None
    memory_budget: int | None
    trust_remote_code: bool


@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["text-generation"],
    **options: Unpack[Options],
) -> CausalModel: ...
@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["text2text-generation", "translation", "summarization"],
    **options: Unpack[Options],
) -> Seq2SeqModel: ...
@overload
def load(
    model: AnyModel, tokenizer: Tokenizer = None, *, task: Literal["fill-mask"], **options: Unpack[Options]
) -> MaskedLMModel: ...
@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["text-classification"],
    **options: Unpack[Options],
) -> ClassifierModel: ...
@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["question-answering"],
    **options: Unpack[Options],
) -> QuestionAnsweringModel: ...
@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["token-classification"],
    **options: Unpack[Options],
) -> TokenClassifierModel: ...
@overload
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: Literal["feature-extraction"],
    **options: Unpack[Options],
) -> HeadlessModel: ...
@overload
def load(
    model: AnyModel, tokenizer: Tokenizer = None, *, task: str | None = None, **options: Unpack[Options]
) -> Model: ...
def load(
    model: AnyModel,
    tokenizer: Tokenizer = None,
    *,
    task: str | None = None,
    device: str | None = None,
    dtype: str | torch.dtype | None = None,
    quantization_config: QuantizationConfig | None = None,
    memory_budget: int | None = None,
    trust_remote_code: bool = False,
) -> Model:
    """Load a model to explain.

    Args:
        model: ``"demo"`` (bundled, tiny, works offline), a name on the Hugging Face hub, a folder, or a Transformers
            model of your own, which is left exactly as it was.
        tokenizer: The tokenizer of a model of your own. A model loaded by name has one, and takes another if given.
        task: The kind of model, by its name in Transformers' pipelines, such as ``"fill-mask"``. By default it follows
            from the model's configuration.
        device: The device for a model loaded by name, such as ``"cuda"``, or ``"auto"`` to spread it over several.
            The CPU by default.
        dtype: The precision for a model loaded by name: ``"float32"``, ``"bfloat16"`` or ``"float16"``. By default it
            stays as it was saved.
        quantization_config: How to quantise a model loaded by name, such as Transformers'
            ``BitsAndBytesConfig(load_in_4bit=True)``.
        memory_budget: How many bytes the autograd graph of a text may take; half of what is free by default. The graph
            of a longer text is made again in each backward pass, which takes longer and gives the same numbers.
        trust_remote_code: Whether to run code that comes with a model.

    Returns:
        The model; its class, and the options of its ``explain``, follow from its kind.

    Raises:
        AttrWidgetError: There is no such model, or it is of a kind that cannot be explained.

    Example:
        >>> import attrwidget as aw
        >>> model = aw.load("demo")
        >>> model.explain("The capital of Japan is", max_new_tokens=2)
    """
    if memory_budget is not None and not (is_whole(memory_budget) and memory_budget > 0):
        raise AttrWidgetError(
            f"memory_budget must be a whole number of bytes, not {memory_budget!r}: such as 4 * 2**30."
        )
    if isinstance(model, str | Path):
        how = load_options(device, dtype, quantization_config)
        found = find_model(str(model), trust_remote_code=trust_remote_code)
        kind = find_kind(found.config, found.name, task=task)
        loaded = load_weights(
            found, tokenizer, how, auto_class=kind.auto_class, task=kind.task, needs_head=kind.has_head
        )
    else:
        given = {"device": device, "dtype": dtype, "quantization_config": quantization_config}
        loaded = adopt(model, tokenizer, [name for name, value in given.items() if value is not None])
        kind = find_kind(loaded.hf.config, loaded.name, type(loaded.hf).__name__, task)
    return kind.import_class()(loaded, memory_budget)
