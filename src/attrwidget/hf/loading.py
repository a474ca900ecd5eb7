"""Load a model by name: a bundled one, a folder, or one on the hub."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget import bundled
from attrwidget.errors import AttrWidgetError, did_you_mean, first_line
from attrwidget.hf.attention_interface import calls_attention_interface
from attrwidget.hf.hub import cached_folder, is_reachable
from attrwidget.hf.internals.models import is_unknown_architecture, needs_remote_code
from attrwidget.hf.model_copy import keep_backward
from attrwidget.hf.weights_size import require_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.hf.load_options import LoadOptions

_BUNDLED = ", ".join(map(repr, bundled.NAMES))
_WEIGHTS = ("*.safetensors", "*.bin", "*.index.json")
_loading = threading.Lock()  # Transformers changes torch's globals while it loads, for all threads


class Loaded(NamedTuple):
    """A Transformers model, its tokenizer and its name."""

    hf: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    name: str


class Found(NamedTuple):
    """A model by name, found but not loaded yet.

    ``folder`` is what Transformers loads it by, a folder or a hub name; ``options`` go to every ``from_pretrained``.
    """

    name: str
    folder: str
    config: PretrainedConfig
    options: dict[str, Any]


def find_model(name: str, *, trust_remote_code: bool = False) -> Found:
    """Find the model *name*, a bundled one, a folder or one on the hub, and read its configuration.

    Raises:
        AttrWidgetError: There is no such model, or it has code of its own and *trust_remote_code* is False.
    """
    from transformers import AutoConfig

    folder = _folder(name)
    folder = cached_folder(folder) or folder
    local = not is_reachable(folder)
    options = {"trust_remote_code": trust_remote_code, "local_files_only": local}
    try:
        config = AutoConfig.from_pretrained(folder, **options)
    except Exception as error:  # noqa: BLE001 - the sentence gives the reason, without the hub's own long chain
        raise AttrWidgetError(_not_found(name, error, offline=local)) from None
    return Found(name, folder, config, options)


def load_weights(
    found: Found,
    tokenizer: PreTrainedTokenizerBase | None,
    how: LoadOptions,
    *,
    auto_class: str,
    task: str,
    needs_head: bool,
) -> Loaded:
    """Load the weights of a model that was found, and its tokenizer unless one is given.

    Args:
        found: The model.
        tokenizer: A tokenizer to take instead of the model's own.
        how: With which options, and on which device.
        auto_class: The Transformers class that loads it, such as ``"AutoModelForCausalLM"``.
        task: What it is loaded for, for errors.
        needs_head: Whether to refuse a model for which Transformers has made up the weights of a head.

    Raises:
        AttrWidgetError: The weights or the tokenizer are missing or do not fit, with what to do.
    """
    import transformers

    _require_weights(found.name, found.folder)
    require_room(found.name, found.folder, how)
    with _loading:
        tokenizer = load_tokenizer(found, tokenizer)
        auto = getattr(transformers, auto_class)
        options = {**how.options, **found.options}
        try:
            with _no_bar() if found.name in bundled.NAMES else nullcontext():
                model, report = auto.from_pretrained(found.folder, output_loading_info=True, **options)
            keep_backward(model)
            if needs_head:
                _require_head(found.name, task, model, report["missing_keys"])
            if not calls_attention_interface(model):
                # Such models choose their attention when they are built, and only the eager one shows its weights.
                model = auto.from_pretrained(found.folder, attn_implementation="eager", **options)
        except AttrWidgetError:
            raise
        except Exception as error:
            raise AttrWidgetError(_not_loaded(found.name, task, error)) from error
    for parameter in model.parameters():
        parameter.requires_grad = False
    model.eval()
    if how.device is not None:
        model.to(how.device)
    return Loaded(model, tokenizer, found.name)


def load_tokenizer(found: Found, tokenizer: PreTrainedTokenizerBase | None) -> PreTrainedTokenizerBase:
    """Return the tokenizer given, or that of the model *found*; raise AttrWidgetError where there is none."""
    from transformers import AutoTokenizer, PreTrainedTokenizerBase

    if not isinstance(tokenizer, PreTrainedTokenizerBase | None):
        raise AttrWidgetError(
            f"The tokenizer must be one of Transformers', not {type(tokenizer).__name__}: leave it out to load "
            f"that of {found.name!r}."
        )
    try:
        words = (
            AutoTokenizer.from_pretrained(found.folder, **found.options) if tokenizer is None else tokenizer
        )
    except Exception as error:
        raise AttrWidgetError(_no_tokenizer(found.name, first_line(error).rstrip(".:"))) from error
    if len(words) <= len(words.all_special_ids):  # such as Transformers makes up for a folder without one
        raise AttrWidgetError(_no_tokenizer(found.name, "it is missing, or knows no words"))
    return words


@contextmanager
def _no_bar() -> Iterator[None]:
    """Keep Transformers from drawing a progress bar for a model that loads at once."""
    from transformers.utils import logging

    enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if enabled:
            logging.enable_progress_bar()


def _folder(name: str) -> str:
    known = bundled.find(name)
    if known is not None:
        return str(known.folder)
    if not name.strip():
        raise AttrWidgetError(
            f"The model's name is empty: give a hub name, a folder, or a bundled one: {_BUNDLED}."
        )
    try:
        is_file = S_ISREG(Path(name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a ValueError is about a null character
        is_file = False
    except (
        OSError
    ) as error:  # such as a name of a thousand letters, of which `is_file` says nothing since Python 3.14
        raise AttrWidgetError(f"{name[:60]!r} cannot be a model's name: {error.strerror}.") from None
    if is_file:
        raise AttrWidgetError(f"{name!r} is a file: give the folder that holds config.json and the weights.")
    return name


def _require_weights(name: str, path: str) -> None:
    folder = Path(path)
    if folder.is_dir() and not any(next(folder.glob(pattern), None) for pattern in _WEIGHTS):
        raise AttrWidgetError(
            f"The folder {name!r} has no weights (no .safetensors or .bin file): save the model there with "
            "model.save_pretrained(folder), or give another folder."
        )


def _require_head(name: str, task: str, model: PreTrainedModel, missing: Iterable[str]) -> None:
    """Raise AttrWidgetError if Transformers initialised weights at random outside of *model*'s body."""
    made_up = sorted(key for key in missing if not key.startswith(f"{model.base_model_prefix}."))
    if made_up:
        raise AttrWidgetError(
            f"{name!r} has no weights of a head for {task!r} (such as {made_up[0]}), so its output would be "
            "random: leave out task=, or load a model that was trained for it."
        )


def _no_tokenizer(name: str, why: str) -> str:
    return (
        f"The tokenizer of {name!r} could not be loaded ({why}): save it there with "
        "tokenizer.save_pretrained(folder), or give one of your own: load(model, tokenizer)."
    )


def _not_loaded(name: str, task: str, error: Exception) -> str:
    if is_unknown_architecture(error):
        return f"The architecture of {name!r} has no form for {task!r}: leave out task=."
    return f"The weights of {name!r} could not be loaded: {first_line(error)}."


def _not_found(name: str, error: Exception, *, offline: bool) -> str:
    if needs_remote_code(error):
        return (
            f"{name!r} comes with its own code, which is run only when you allow it: "
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
    close = did_you_mean(name, bundled.NAMES)
    if offline:
        return (
            f"No model {name!r}{close} was found: it is no folder here, was not downloaded before, and the Hugging "
            "Face hub cannot be reached. Check the spelling and the network; before Python starts, set HF_ENDPOINT to "
            f"the address of a mirror; give a folder that the model was copied to; or take a bundled one: {_BUNDLED}."
        )
    return (
        f"No model {name!r}{close} was found: it is no folder here, and the Hugging Face hub does not give it "
        f"({first_line(error).rstrip('.:')}). Check the spelling, log in if it is a private one, or take a bundled "
        f"one: {_BUNDLED}."
    )
