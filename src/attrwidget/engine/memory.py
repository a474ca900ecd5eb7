"""Estimate how much memory runs and gradients take, and try smaller batches when it runs out."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from attrwidget.engine.gradients.segments import PROMPT_SEGMENT, SEGMENT
from attrwidget.errors import AttrWidgetError
from attrwidget.hf import weights_size
from attrwidget.hf.model_errors import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.adapter import Adapter

T = TypeVar("T")
_SHARE = 0.5  # of the free memory, unless the user gives a budget
# Bytes on a CPU and on a GPU, by measurement: of a batch's gradients at the widest layer (larger is slower on a CPU),
# of a batch's logits and widest activations, and of its graph. They are no share of what is free, by which a batch's
# rounding would depend on the machine.
_GRADIENTS, _RUNS = (18 << 20, 256 << 20), (64 << 20, 1 << 30)
_GRAPHS = (512 << 20, 8 << 30)
_MOST = 64  # texts in a batch


def steps_at_once(model: Adapter, capabilities: Capabilities, tokens: int, texts: int = 1) -> int:
    """Return how many steps' gradients over *tokens* tokens to compute in one batch, of each of several *texts*."""
    if not capabilities.batched:
        return 1
    rows = min(tokens, PROMPT_SEGMENT) if capabilities.segments else tokens
    width = max(_widest(model.text_config), _heads(model.text_config) * rows)
    return max(1, min(SEGMENT, _on_device(model, _GRADIENTS) // (4 * texts * tokens * width)))


def texts_at_once(model: Adapter, tokens: int, steps: int = 1, most: int = _MOST) -> int:
    """Return how many texts of *tokens* tokens, read at *steps* positions, to run in one batch: *most* at most."""
    config = model.text_config
    width = 8 * int(config.hidden_size) + _heads(config) * tokens
    bytes_each = 4 * (2 * steps * model.vocabulary + tokens * width)
    return max(1, min(most, _MOST, _on_device(model, _RUNS) // bytes_each))


def graphs_at_once(model: Adapter, tokens: int, steps: int) -> int:
    """Return how many texts of *tokens* tokens, read at *steps* positions, to run at once with a gradient graph."""
    at_once = _on_device(model, _GRAPHS) // graph_bytes(model, tokens)
    return max(1, min(texts_at_once(model, tokens, steps), at_once))


def in_batches(items: Sequence[T], at_once: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Yield *items*, the smallest first, in batches: *at_once* gives how many of an item's size fit in memory."""
    while items:
        largest = items[min(at_once(items[0]), len(items)) - 1]
        size = at_once(largest)
        yield items[:size]
        items = items[size:]


def graph_bytes(model: Adapter, tokens: int) -> int:
    """Estimate how many bytes the gradient graph of a text takes, rather too many than too few.

    Measured on GPT-2, Llama, GPT-NeoX and Gemma-2: per token and layer, about twelve times the hidden size, three
    times the widest layer, and one weight per head and earlier token, all in the model's precision.
    """
    config = model.text_config
    layers = int(getattr(config, "num_hidden_layers", 1) or 1)
    width = 12 * int(config.hidden_size) + 3 * _widest(config) + _heads(config) * tokens
    return model.hf.dtype.itemsize * layers * tokens * width


def checkpointed_bytes(model: Adapter, tokens: int) -> int:
    """Estimate how many bytes a text's gradients take with checkpointing: the inputs of all layers, one graph twice.

    The backward pass of a layer holds about as much as its graph. Measured on SmolLM2-135M and a GPT-2.
    """
    config = model.text_config
    layers = int(getattr(config, "num_hidden_layers", 1) or 1)
    inputs = model.hf.dtype.itemsize * layers * tokens * int(config.hidden_size)
    return inputs + 2 * graph_bytes(model, tokens) // layers


def run_bytes(model: Adapter, tokens: int, steps: int) -> int:
    """Estimate how many bytes one run of a changed text takes by fused attention, read at *steps* positions.

    A layer holds twice the hidden size and three times its own width for each token, and a mask that it shares.
    """
    config = model.text_config
    width = 2 * int(config.hidden_size) + 3 * _widest(config) + tokens
    return 4 * (2 * steps * model.vocabulary + tokens * width)


def require_room(model: Adapter, needed: int, what: str, instead: str) -> None:
    """Raise AttrWidgetError, before any work, if *what* needs more bytes than are free.

    On a CPU nothing else would: the system ends a process that has run out of memory.
    """
    free = free_bytes(model)
    if needed > free:
        raise AttrWidgetError(
            f"{what} needs {weights_size.in_words(needed)} and {weights_size.in_words(free)} are free: {instead}."
        )


def free_bytes(model: Adapter) -> int:
    """Return how many bytes are free where *model* computes."""
    free = weights_size.free_bytes(model.device)
    if model.device.type == "cuda":
        # Memory that torch has reserved but not allocated is free to it, too.
        return free + torch.cuda.memory_reserved(model.device) - torch.cuda.memory_allocated(model.device)
    return int(min(free, allowed_bytes()))


def budget_of(model: Adapter) -> int:
    """Return how many bytes a gradient graph may take: the user's budget, or half of the free memory."""
    if model.memory_budget is not None:
        return model.memory_budget
    return int(_SHARE * free_bytes(model))


def allowed_bytes() -> float:
    """Return how many more bytes this process may take: infinity, but in an app that caps its visitors' memory."""
    import psutil

    try:
        import resource
    except ImportError:  # on Windows
        return inf
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return inf if most == resource.RLIM_INFINITY else max(0, most - psutil.Process().memory_info().data)


def float32_fits(model: Adapter, tokens: int) -> bool:
    """Return whether a float32 copy of *model* and its gradient graph of a text fit in memory beside the model."""
    graph = graph_bytes(model, tokens) * 4 // model.hf.dtype.itemsize
    return 4 * model.hf.num_parameters() + graph <= budget_of(model)


def smaller_batch(error: BaseException, size: int, tokens: int, *, gradients: bool = False) -> int:
    """Return half of *size* after a batch of texts of *tokens* tokens ran out of memory; raise any other *error*.

    *gradients*: whether gradients were computed, and not only a forward pass.

    Raises:
        AttrWidgetError: If a batch of one did not fit.
    """
    if not is_out_of_memory(error):
        raise error
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if size > 1:
        return size // 2
    if gradients:
        raise AttrWidgetError(
            f"There is not enough memory for the gradient of one token over {tokens:,} tokens: "
            "shorten the prompt, load the model with dtype='bfloat16', or read its attention instead."
        ) from error
    raise AttrWidgetError(
        f"There is not enough memory to run {tokens:,} tokens once more: shorten the prompt, or load the model with "
        "dtype='bfloat16'."
    ) from error


def _widest(config: Any) -> int:
    widths = getattr(config, "intermediate_size", None) or 4 * int(config.hidden_size)
    return int(max(widths) if isinstance(widths, list | tuple) else widths)


def _heads(config: Any) -> int:
    return int(getattr(config, "num_attention_heads", 0) or 0)


def _on_device(model: Adapter, budgets: tuple[int, int]) -> int:
    return budgets[0 if model.device.type == "cpu" else 1]
