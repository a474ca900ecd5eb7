"""Find a model in the cache of the Hugging Face hub, and ask whether the hub can be reached."""

from __future__ import annotations

import json
from pathlib import Path

_SECONDS = 10
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_TOKENIZER = ("tokenizer*", "vocab*", "*.model")


def cached_folder(name: str) -> str | None:
    """Return the folder in the cache with the configuration, weights and tokenizer of the hub's model *name*, if any.

    A model that is loaded by its folder makes no request, not even those of the hub's own library.
    """
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    if Path(name).is_dir():
        return None
    try:
        config = try_to_load_from_cache(name, "config.json")
    except HFValidationError:
        return None
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    has_tokenizer = any(next(folder.glob(pattern), None) for pattern in _TOKENIZER)
    return str(folder) if has_tokenizer and any(_has_weights(folder, file) for file in _WEIGHTS) else None


def is_reachable(name: str) -> bool:
    """Ask the hub for the model *name* once, and return whether it answers; False for a folder.

    Transformers tries a hub that does not answer six times for each file, half a minute in all.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    if Path(name).is_dir():
        return False
    try:
        get_hf_file_metadata(hf_hub_url(name, "config.json"), timeout=_SECONDS)
    except HfHubHTTPError:
        return True  # it answered, even if it has no such model
    except Exception:  # noqa: BLE001 - what a failed connection raises depends on the library it was tried with
        return False
    return True


def _has_weights(folder: Path, file: str) -> bool:
    """Return whether *folder* holds the weights in one *file*, or every file that the index of its parts names."""
    index = folder / f"{file}.index.json"
    if not index.exists():
        return (folder / file).exists()
    parts = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
    return all((folder / part).exists() for part in set(parts))
