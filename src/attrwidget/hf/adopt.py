"""Use a model object of the user's as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.internals.modules import is_offloaded, uncompiled
from attrwidget.hf.loading import Loaded

if TYPE_CHECKING:
    from collections.abc import Sequence


def adopt(model: Any, tokenizer: Any, unused: Sequence[str] = ()) -> Loaded:
    """Check a model object of the user's and its tokenizer, and use them as they are.

    Args:
        model: A Transformers model, or one that ``torch.compile`` wraps.
        tokenizer: Its Transformers tokenizer.
        unused: Names of options that were given but are only for models loaded by name.

    Raises:
        AttrWidgetError: The model or tokenizer cannot be used, or an option would change the user's object.
    """
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    model = uncompiled(model)
    if not isinstance(model, PreTrainedModel):
        raise AttrWidgetError(
            f"The model must be a name, a folder or a Transformers model, not {type(model).__name__}: "
            'for example load("openai-community/gpt2"), or load(model, tokenizer). A wrapper gives its inner model by '
            "model.module or, in PEFT, model.get_base_model()."
        )
    if not isinstance(tokenizer, PreTrainedTokenizerBase):
        got = "none was given" if tokenizer is None else f"{type(tokenizer).__name__} was given"
        raise AttrWidgetError(f"A model object needs its tokenizer too ({got}): load(model, tokenizer).")
    if unused:
        raise AttrWidgetError(
            f"{unused[0]} is for models loaded by name; move or cast your own model yourself: model.to(…)."
        )
    if not is_offloaded(model) and any(parameter.is_meta for parameter in model.parameters()):
        raise AttrWidgetError(
            f"Weights of this {type(model).__name__} are missing (they are on the meta device): load them with "
            "from_pretrained."
        )
    if any(parameter.is_inference() for parameter in model.parameters()):
        raise AttrWidgetError(
            f"The weights of this {type(model).__name__} were made inside torch.inference_mode(), so nothing can be "
            "differentiated: load the model outside of it."
        )
    return Loaded(model, tokenizer, model.config.name_or_path or type(model).__name__)
