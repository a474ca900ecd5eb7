"""Find the kind of a model by its configuration, and refuse those that cannot be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.internals.models import causal_types, main_input, masked_types
from attrwidget.kinds import table
from attrwidget.kinds.table import CAUSAL, HEADLESS, MASKED_LM, SEQ2SEQ, Kind, kind_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig

# Classes that cannot be explained, by the ending of their names.
_REFUSED = {
    "ForMultipleChoice": "a multiple-choice model",
    "ForNextSentencePrediction": "a next-sentence model",
    "ForPreTraining": "a pre-training model",
    "ForImageClassification": "an image classifier",
    "ForSpeechSeq2Seq": "a speech model",
}


def find_kind(
    config: PretrainedConfig, name: str, architecture: str | None = None, task: str | None = None
) -> Kind:
    """Return the kind of the model *name*: that of *task* if given, else that of its configuration.

    Args:
        config: The model's configuration.
        name: The model's name, for errors.
        architecture: The name of the model's class; taken from *config* if not given.
        task: The task that the user asked for.

    Raises:
        AttrWidgetError: The task is unknown, or the model is of a kind that cannot be explained.
    """
    if task is not None:
        return kind_of(task)
    architecture = architecture or (getattr(config, "architectures", None) or [""])[0]
    found = _find(config, architecture)
    if isinstance(found, Kind):
        return found
    if _writes_beside(config, architecture):
        raise AttrWidgetError(
            f"{name!r} is {found} ({architecture or config.model_type}) that reads texts too: to explain a text alone, "
            f'load it with task="{CAUSAL.task}".'
        )
    known = ", ".join(kind.words for kind in table.KINDS)
    raise AttrWidgetError(
        f"{name!r} is {found} ({architecture or config.model_type}), which cannot be explained: load {known}, or, if "
        "its body is that of one of these, name its kind with task=."
    )


def _find(config: PretrainedConfig, architecture: str) -> Kind | str:
    """Return the kind of a model, or a description of one that cannot be explained.

    The class name *architecture* decides. Where it is empty or has no known ending, ``is_encoder_decoder`` and the
    model type's place in Transformers' table of causal models do.
    """
    kind = next((one for one in table.KINDS if architecture.endswith(one.class_endings)), None)
    refused = next((words for ending, words in _REFUSED.items() if architecture.endswith(ending)), None)
    head = refused if kind in (None, CAUSAL) else kind
    if not _reads_text(config):
        return head or "a model of images or sound"
    if getattr(config, "is_encoder_decoder", False):
        return SEQ2SEQ if head is None else _with_decoder(head)
    if kind is CAUSAL:
        return _with_lm_head(architecture) if _is_encoder(config) else CAUSAL
    if head is not None:
        return head
    # The class name of a bare body does not name the head it was cut from, so its type decides.
    if config.model_type in causal_types() and not _is_encoder(config):
        return CAUSAL
    return HEADLESS if architecture.endswith("Model") else "a model of another kind"


def _with_lm_head(architecture: str) -> Kind | str:
    """Return the kind of an encoder of a class that may write texts: those of XLM and Flaubert fill masks."""
    return MASKED_LM if architecture.endswith("WithLMHeadModel") else "an encoder, since is_decoder is off"


def _with_decoder(head: Kind | str) -> Kind | str:
    if isinstance(head, str):
        return f"{head} with a decoder"
    return head if head.may_have_decoder else f"{head.words} with a decoder"


def _reads_text(config: PretrainedConfig) -> bool:
    return main_input(config) == "input_ids" and not hasattr(config, "vision_config")


def _writes_beside(config: PretrainedConfig, architecture: str) -> bool:
    """Return whether a model of images or sound writes texts, as vision–language models do."""
    if not hasattr(config, "vision_config") or getattr(config, "is_encoder_decoder", False):
        return False
    text = config.get_text_config(decoder=True)
    return architecture.endswith("ForConditionalGeneration") or text.model_type in causal_types()


def _is_encoder(config: PretrainedConfig) -> bool:
    return config.model_type in masked_types() and not (
        getattr(config, "is_decoder", False) or getattr(config, "causal", False)
    )
