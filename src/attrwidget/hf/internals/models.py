"""Transformers' tables of models, defaults of generation, and error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.hf.internals.missing import warn_missing

if TYPE_CHECKING:
    from collections.abc import Collection

    from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel

_TABLES = "transformers.models.auto.modeling_auto"
_CAUSAL = "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES"
_MASKED = "MODEL_FOR_MASKED_LM_MAPPING_NAMES"
_DEFAULTS = "_get_default_generation_params"


def causal_types() -> Collection[str]:
    """Return the model types that Transformers has a causal language model for."""
    return _table(_CAUSAL)


def masked_types() -> Collection[str]:
    """Return the model types that Transformers has a masked language model for."""
    return _table(_MASKED)


def _table(name: str) -> Collection[str]:
    from transformers.models.auto import modeling_auto

    found: Collection[str] | None = getattr(modeling_auto, name, None)
    if found is None:
        warn_missing(f"{_TABLES}.{name}", "the kind of a model without a head must be named by task=")
    return found or ()


def main_input(config: PretrainedConfig) -> str:
    """Return the name of the main input of the model class for *config*: ``"input_ids"`` for a text model."""
    from transformers.models.auto import modeling_auto

    table: Any = getattr(modeling_auto, "MODEL_MAPPING", None)
    if table is None:
        warn_missing(f"{_TABLES}.MODEL_MAPPING", "a model of images or sound is not recognised")
        return "input_ids"
    return str(getattr(table.get(type(config), None), "main_input_name", "input_ids"))


def generation_default(config: GenerationConfig, name: str) -> Any:
    """Return the default that ``generate`` uses for the option *name* where *config* leaves it None."""
    defaults = getattr(config, _DEFAULTS, None)
    if defaults is None:
        effect = "a captured call is explained as if every generation option left out were neutral"
        warn_missing(f"GenerationConfig.{_DEFAULTS}", effect)
        return None
    return defaults().get(name)


def rope_types(config: PretrainedConfig) -> set[str]:
    """Return the types of rotary position embeddings that *config* names; empty if there are none."""
    rotary = getattr(config, "rope_parameters", None) or {}
    settings = [rotary, *(value for value in rotary.values() if isinstance(value, dict))]
    return {one["rope_type"] for one in settings if "rope_type" in one}


def has_token_types(model: PreTrainedModel) -> bool:
    """Return whether *model* tells the tokens of two texts apart by token types: Funnel and XLNet name no count.

    GPT-2 would take token types for words.
    """
    kinds = getattr(model.config, "type_vocab_size", None)
    if kinds is not None:
        return int(kinds) > 1
    return any(name.endswith("seg_embed") for name, _ in model.named_parameters())


def is_unknown_architecture(error: Exception) -> bool:
    """Return whether an AutoModel class raised *error* because it has no form for this architecture."""
    return "Unrecognized configuration class" in str(error)


def is_unknown_option(error: Exception) -> bool:
    """Return whether ``generate`` raised *error* because it does not know an option."""
    return "model_kwargs" in str(error)


def needs_remote_code(error: Exception) -> bool:
    """Return whether loading failed with *error* because the model comes with its own code."""
    return "trust_remote_code" in str(error)
