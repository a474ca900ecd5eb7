"""Whether the Hugging Face hub can be asked for a model."""

from __future__ import annotations

from pathlib import Path

_SECONDS = 10


def is_reachable(name: str) -> bool:
    """Say whether the hub answers when it is asked for the model *name*, by one request; False for a folder.

    Transformers tries a hub that does not answer six times for each file, half a minute in all, even for models that
    were downloaded before.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    if Path(name).is_dir():
        return False
    try:
        get_hf_file_metadata(hf_hub_url(name, "config.json"), timeout=_SECONDS)
    except HfHubHTTPError:
        return True  # it answered, if only to say no
    except Exception:  # noqa: BLE001 - what a failed connection raises depends on the library it was tried with
        return False
    return True
