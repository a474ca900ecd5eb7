"""Check the options for loading a model by name: device, precision, quantisation."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError, first_line

if TYPE_CHECKING:
    import torch
    from transformers.utils.quantization_config import QuantizationConfigMixin

    QuantizationConfig = QuantizationConfigMixin | dict[str, Any]

_DTYPES = ("float32", "bfloat16", "float16")


class LoadOptions(NamedTuple):
    """Options of ``from_pretrained``, and the device that the model is moved to afterwards."""

    options: dict[str, Any]
    device: torch.device | None


def load_options(
    device: str | None, dtype: str | torch.dtype | None, quantization_config: QuantizationConfig | None
) -> LoadOptions:
    """Turn options of ``load`` into those of ``from_pretrained``; raise AttrWidgetError if one cannot be used."""
    options: dict[str, Any] = {"dtype": _dtype(dtype)}
    target = None if device in (None, "auto") else _device(str(device))
    if quantization_config is not None:
        options["quantization_config"] = quantization_config
    if device is None or (quantization_config is None and device != "auto"):
        return LoadOptions(options, target)
    if find_spec("accelerate") is None:
        raise AttrWidgetError(
            f"device={device!r} needs Accelerate here, which is not installed: pip install accelerate."
        )
    return LoadOptions({**options, "device_map": "auto" if target is None else {"": target}}, None)


def _device(device: str) -> torch.device:
    import torch

    try:
        target = torch.device(device)
        torch.ones(1, device=target).item()
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise AttrWidgetError(
            f"The device {device!r} cannot be used here ({first_line(error)}): try device='cpu'."
        ) from error
    return target


def _dtype(dtype: Any) -> Any:
    import torch

    if dtype is None:
        return "auto"
    known = isinstance(dtype, str) and dtype in (*_DTYPES, "auto")
    if known or (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        return dtype
    raise AttrWidgetError(f"The dtype {dtype!r} is not known: take one of {', '.join(_DTYPES)}.")
