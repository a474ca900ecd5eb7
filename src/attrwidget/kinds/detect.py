"""Which kind of model a configuration describes, and which of them can be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from transformers import PretrainedConfig


class Kind(NamedTuple):
    """A kind of model: its *task*, as Transformers' pipelines name it, in *words*, and its *auto* class."""

    task: str
    words: str
    auto: str


CAUSAL = Kind("text-generation", "a causal language model", "AutoModelForCausalLM")
MASKED_LM = Kind("fill-mask", "a masked language model", "AutoModelForMaskedLM")
CLASSIFIER = Kind("text-classification", "a sequence classifier", "AutoModelForSequenceClassification")
QUESTION_ANSWERING = Kind(
    "question-answering", "an extractive question-answering model", "AutoModelForQuestionAnswering"
)
TOKEN_CLASSIFIER = Kind("token-classification", "a token classifier", "AutoModelForTokenClassification")
HEADLESS = Kind("feature-extraction", "an encoder without a head", "AutoModel")
SEQ2SEQ = Kind("text2text-generation", "an encoder–decoder model", "AutoModelForSeq2SeqLM")

KINDS = {
    kind.task: kind
    for kind in (CAUSAL, SEQ2SEQ, MASKED_LM, CLASSIFIER, QUESTION_ANSWERING, TOKEN_CLASSIFIER, HEADLESS)
}

_ALIASES = {"translation": SEQ2SEQ.task, "summarization": SEQ2SEQ.task}

_HEADS = {
    "ForMaskedLM": MASKED_LM.words,
    "ForSequenceClassification": CLASSIFIER.words,
    "ForTokenClassification": TOKEN_CLASSIFIER.words,
    "ForQuestionAnswering": QUESTION_ANSWERING.words,
    "ForMultipleChoice": "a multiple-choice model",
    "ForNextSentencePrediction": "a next-sentence model",
    "ForPreTraining": "a pre-training model",
    "ForImageClassification": "an image classifier",
    "ForSpeechSeq2Seq": "a speech model",
}
_READERS = (
    CLASSIFIER.words,
    QUESTION_ANSWERING.words,
    TOKEN_CLASSIFIER.words,
)  # a decoder may read the text once more
_CAUSAL = ("ForCausalLM", "LMHeadModel", "DoubleHeadsModel")


def find_kind(
    config: PretrainedConfig, name: str, architecture: str | None = None, task: str | None = None
) -> Kind:
    """Return the kind of the model *name*: that of *task*, or else what its configuration says.

    *architecture* is the class of a model at hand; without one, the configuration names it. Raises AttrWidgetError,
    naming the kind, for one that cannot be explained, and for a task that is not known.
    """
    if task is not None:
        task = _ALIASES.get(task, task)
        if task not in KINDS:
            raise AttrWidgetError(f"There is no task {task!r}: take one of {', '.join(KINDS)}.")
        return KINDS[task]
    architecture = architecture or (getattr(config, "architectures", None) or [""])[0]
    words = describe_kind(config, architecture)
    for kind in KINDS.values():
        if kind.words == words:
            return kind
    architecture = architecture or config.model_type
    known = ", ".join(kind.words for kind in KINDS.values())
    raise AttrWidgetError(
        f"{name!r} is {words} ({architecture}), which cannot be explained: load {known}, or, if its body is that of "
        "one, say as which it is to be taken with task=."
    )


def describe_kind(config: PretrainedConfig, architecture: str) -> str:
    """Say in words what kind of model *config* belongs to, e.g. ``"a causal language model"``.

    The class name *architecture* decides; where it is empty or tells nothing, ``is_encoder_decoder`` and the
    model type's place in Transformers' table of causal models do.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL_TYPES

    head = next((words for ending, words in _HEADS.items() if architecture.endswith(ending)), None)
    if not _reads_text(config):
        return head or "a model of images or sound"
    if getattr(config, "is_encoder_decoder", False):
        return (head if head in _READERS else f"{head} with a decoder") if head else SEQ2SEQ.words
    if architecture.endswith(_CAUSAL):
        return "an encoder, since is_decoder is off" if _is_encoder(config) else CAUSAL.words
    if head:
        return head
    # Of a bare body it is not said what it was cut from, so its type decides.
    if config.model_type in CAUSAL_TYPES and not _is_encoder(config):
        return CAUSAL.words
    return HEADLESS.words if architecture.endswith("Model") else "a model of another kind"


def _reads_text(config: PretrainedConfig) -> bool:
    from transformers import MODEL_MAPPING

    body = MODEL_MAPPING.get(type(config), None)
    return getattr(body, "main_input_name", "input_ids") == "input_ids" and not hasattr(
        config, "vision_config"
    )


def _is_encoder(config: PretrainedConfig) -> bool:
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED_TYPES

    return config.model_type in MASKED_TYPES and not (
        getattr(config, "is_decoder", False) or getattr(config, "causal", False)
    )
