"""Load a model from a hub name or a folder, or adopt one the user has."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget import demo
from attrwidget.errors import AttrWidgetError, did_you_mean, first_line
from attrwidget.hf.attention_interface import calls_attention_interface
from attrwidget.hf.hub import is_reachable
from attrwidget.hf.model_copy import keep_backward
from attrwidget.kinds.detect import HEADLESS, Kind, find_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_BUNDLED = ", ".join(map(repr, demo.NAMES))
_DTYPES = ("float32", "bfloat16", "float16")
_WEIGHTS = ("*.safetensors", "*.bin", "*.index.json")
_loading = threading.Lock()  # Transformers changes torch's globals while it loads, for all threads


class Loaded(NamedTuple):
    """A model with its tokenizer, its name, its kind, and how many bytes its gradient graphs may take."""

    hf: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    name: str
    kind: Kind
    memory_budget: int | None = None


def load_parts(
    model: Any,
    tokenizer: Any = None,
    *,
    task: str | None = None,
    device: str | None = None,
    dtype: str | torch.dtype | None = None,
    quantization_config: Any = None,
    trust_remote_code: bool = False,
) -> Loaded:
    """Return *model* (bundled or hub name, folder, or a Transformers model with its *tokenizer*) and its kind.

    A model object is adopted as it is: *device*, *dtype* and *quantization_config* are refused for it, since they would
    change the user's object. Raises AttrWidgetError with what to do.
    """
    if isinstance(model, str | Path):
        how = _how(device, dtype, quantization_config)
        with _loading:
            return _load_named(str(model), tokenizer, task, *how, trust=trust_remote_code)
    given = {"device": device, "dtype": dtype, "quantization_config": quantization_config}
    return _adopt(model, tokenizer, task, [name for name, value in given.items() if value is not None])


def _adopt(model: Any, tokenizer: Any, task: str | None, unused: list[str]) -> Loaded:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    model = getattr(model, "_orig_mod", model)  # what torch.compile wraps
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
    offloaded = any(hasattr(module, "_hf_hook") for module in model.modules())
    if not offloaded and any(parameter.is_meta for parameter in model.parameters()):
        raise AttrWidgetError(
            f"Weights of this {type(model).__name__} are missing (they are on the meta device): load them with "
            "from_pretrained."
        )
    if any(parameter.is_inference() for parameter in model.parameters()):
        raise AttrWidgetError(
            f"The weights of this {type(model).__name__} were made inside torch.inference_mode(), so nothing can be "
            "differentiated: load the model outside of it."
        )
    name = model.config.name_or_path or type(model).__name__
    return Loaded(model, tokenizer, name, find_kind(model.config, name, type(model).__name__, task))


def _load_named(
    name: str,
    tokenizer: Any,
    task: str | None,
    how: dict[str, Any],
    where: torch.device | None,
    *,
    trust: bool,
) -> Loaded:
    import transformers
    from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerBase

    place = _place(name)
    if not isinstance(tokenizer, PreTrainedTokenizerBase | None):
        raise AttrWidgetError(
            f"The tokenizer must be one of Transformers', not {type(tokenizer).__name__}: leave it out to load "
            f"that of {name!r}."
        )
    source = {"trust_remote_code": trust, "local_files_only": not is_reachable(place)}
    try:
        config = AutoConfig.from_pretrained(place, **source)
    except Exception as error:  # noqa: BLE001 - the sentence says what it was, without the hub's own long chain
        raise AttrWidgetError(_not_found(name, error, offline=source["local_files_only"])) from None
    found = find_kind(config, name, task=task)
    _require_weights(name, place)
    try:
        words = tokenizer if tokenizer is not None else AutoTokenizer.from_pretrained(place, **source)
    except Exception as error:
        raise AttrWidgetError(_no_tokenizer(name, first_line(error).rstrip(".:"))) from error
    if len(words) <= len(words.all_special_ids):  # what Transformers makes up for a folder without one
        raise AttrWidgetError(_no_tokenizer(name, "it is missing, or knows no words"))
    options = {**how, **source}
    auto = getattr(transformers, found.auto)
    try:
        with _no_bar() if name in demo.NAMES else nullcontext():
            model, loading = auto.from_pretrained(place, output_loading_info=True, **options)
        keep_backward(model)
        _require_head(name, found, model, loading["missing_keys"])
        if not calls_attention_interface(model):
            # Such models choose their attention when they are built, and only the eager one shows its weights.
            model = auto.from_pretrained(place, attn_implementation="eager", **options)
    except AttrWidgetError:
        raise
    except Exception as error:
        raise AttrWidgetError(_not_loaded(name, found, error)) from error
    for parameter in model.parameters():
        parameter.requires_grad = False
    model.eval()
    if where is not None:
        model.to(where)
    return Loaded(model, words, name, found)


@contextmanager
def _no_bar() -> Iterator[None]:
    """Keep Transformers from drawing a progress bar over a load that takes no time."""
    from transformers.utils import logging

    enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if enabled:
            logging.enable_progress_bar()


def _place(name: str) -> str:
    if name in demo.NAMES:
        return str(demo.path(name))
    if not name.strip():
        raise AttrWidgetError(
            f"The model's name is empty: give a hub name, a folder, or a bundled one: {_BUNDLED}."
        )
    try:
        is_file = Path(name).is_file()
    except OSError as error:  # such as a name of a thousand letters
        raise AttrWidgetError(f"{name[:60]!r} can be no model's name: {error.strerror}.") from None
    if is_file:
        raise AttrWidgetError(f"{name!r} is a file: give the folder that holds config.json and the weights.")
    return name


def _how(device: str | None, dtype: Any, quantization_config: Any) -> tuple[dict[str, Any], Any]:
    """Return the options of ``from_pretrained`` for these, and the device that the model is moved to after it."""
    how: dict[str, Any] = {"dtype": _dtype(dtype)}
    where = None if device in (None, "auto") else _device(device)
    if quantization_config is not None:
        how["quantization_config"] = quantization_config
    if device is None or (quantization_config is None and device != "auto"):
        return how, where
    if find_spec("accelerate") is None:
        raise AttrWidgetError(
            f"device={device!r} needs Accelerate here, which is not installed: pip install accelerate."
        )
    return {**how, "device_map": "auto" if where is None else {"": where}}, None


def _device(device: str) -> torch.device:
    import torch

    try:
        place = torch.device(device)
        torch.ones(1, device=place).item()
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise AttrWidgetError(
            f"The device {device!r} cannot be used here ({first_line(error)}): try device='cpu'."
        ) from error
    return place


def _dtype(dtype: Any) -> Any:
    import torch

    if dtype is None:
        return "auto"
    known = isinstance(dtype, str) and dtype in (*_DTYPES, "auto")
    if known or (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        return dtype
    raise AttrWidgetError(f"The dtype {dtype!r} is not known: take one of {', '.join(_DTYPES)}.")


def _require_weights(name: str, place: str) -> None:
    folder = Path(place)
    if folder.is_dir() and not any(next(folder.glob(pattern), None) for pattern in _WEIGHTS):
        raise AttrWidgetError(
            f"The folder {name!r} has no weights (no .safetensors or .bin file): save the model there with "
            "model.save_pretrained(folder), or give another folder."
        )


def _require_head(name: str, kind: Kind, model: PreTrainedModel, missing: Iterable[str]) -> None:
    """Raise AttrWidgetError when Transformers has made up weights outside of *model*'s body."""
    made_up = sorted(key for key in missing if not key.startswith(f"{model.base_model_prefix}."))
    if made_up and kind is not HEADLESS:
        raise AttrWidgetError(
            f"{name!r} has no weights of a head for {kind.task!r} (such as {made_up[0]}), so what it says would be "
            "chance: leave out task=, or load a model that was trained for it."
        )


def _no_tokenizer(name: str, why: str) -> str:
    return (
        f"The tokenizer of {name!r} could not be loaded ({why}): save it there with "
        "tokenizer.save_pretrained(folder), or give one of your own: load(model, tokenizer)."
    )


def _not_loaded(name: str, kind: Kind, error: Exception) -> str:
    if "Unrecognized configuration class" in str(error):
        return f"The architecture of {name!r} has no form for {kind.task!r}: leave out task=."
    return f"The weights of {name!r} could not be loaded: {first_line(error)}."


def _not_found(name: str, error: Exception, *, offline: bool) -> str:
    if "trust_remote_code" in str(error):
        return (
            f"{name!r} comes with its own code, which is not run unless you say so: "
            f"load({name!r}, trust_remote_code=True) if you trust it."
        )
    folder = Path(name)
    if folder.is_dir():
        if not (folder / "config.json").exists():
            return (
                f"The folder {name!r} holds no model: it has no config.json. Save one there with "
                "model.save_pretrained(folder)."
            )
        return f"The config.json in {name!r} could not be read: {first_line(error)}."
    close = did_you_mean(name, demo.NAMES)
    if offline:
        return (
            f"No model {name!r}{close} was found: it is no folder here, was not downloaded before, and the Hugging "
            f"Face hub cannot be reached. Check the spelling and the network, or take a bundled one: {_BUNDLED}."
        )
    return (
        f"No model {name!r}{close} was found: it is no folder here, and the Hugging Face hub gives none of that name "
        f"({first_line(error).rstrip('.:')}). Check the spelling, log in if it is a private one, or take a bundled "
        f"one: {_BUNDLED}."
    )
