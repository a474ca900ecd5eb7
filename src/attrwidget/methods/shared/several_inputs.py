"""Add up the gradients of steps at several inputs, such as the points of a path or noisy copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.methods.method import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.targets import Target

    ReplaceEmbeddings = Callable[[int, torch.Tensor], torch.Tensor]

_GROUP = 48  # steps that share the graphs of all inputs


def groups_of(steps: Sequence[int]) -> list[list[int]]:
    """Return *steps* in order, in groups that share the graphs of all inputs."""
    return [sorted(steps)[i : i + _GROUP] for i in range(0, len(steps), _GROUP)]


def summed(
    trace: Trace,
    target: Target,
    group: Sequence[int],
    inputs: Iterable[tuple[float, ReplaceEmbeddings]],
    reduce: Callable[[torch.Tensor], torch.Tensor],
    *,
    done: Progress,
) -> Generator[Progress, None, dict[int, NDArray[Any]]]:
    """Yield progress, and return for each step of *group* the weighted sum of its reduced gradients.

    Args:
        trace: The run that is explained.
        target: What is differentiated.
        group: The steps.
        inputs: The weight of each input, and what replaces the embeddings there; see ``GradientGraph``.
        reduce: Turns gradients ``[k, tokens, d]`` into ``[k, tokens]`` or ``[k, tokens, d]``. It must be homogeneous:
            their scale is multiplied in after it.
        done: Where progress begins; an input is one part of it.

    Returns:
        Sums ``[inputs seen]`` or ``[inputs seen, d]``.
    """
    sums: dict[int, NDArray[Any]] = {}
    for at, (weight, replace_embeddings) in enumerate(inputs):
        yield Progress(done.done + at, done.total)
        graph = trace.new_graph(replace_embeddings=replace_embeddings)
        for chunk, gradients, scales, _ in graph.gradients(group, target):
            values = reduce(gradients).double()
            values *= scales.double().reshape(-1, *[1] * (values.ndim - 1))
            for step, value in zip(chunk, values.cpu().numpy(), strict=True):
                part = weight * value[: trace.seen(step)]
                sums[step] = sums[step] + part if step in sums else part
    return sums
