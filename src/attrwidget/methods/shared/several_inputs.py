"""Add up the gradients of steps at several inputs, such as the points of a path or noisy copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Chunk, Rows
    from attrwidget.methods.request.make import Request
    from attrwidget.methods.request.targets import Target

    Gradients = Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]
    ReplaceEmbeddings = Callable[[int, torch.Tensor], torch.Tensor]
    # Chunks, and the inputs at which gradients are wanted, which are sent back.
    Work = Generator[Chunk | "AtInput", Gradients | None, None]
    Start = Callable[..., Work]

_GROUP = 48  # steps that share the graphs of all inputs


class AtInput(NamedTuple):
    """Steps whose gradients are wanted at other embeddings; see ``GradientGraph``."""

    steps: Sequence[int]
    replace_embeddings: ReplaceEmbeddings


def groups_of(steps: Sequence[int]) -> list[list[int]]:
    """Return *steps* in order, in groups that share the graphs of all inputs."""
    return [sorted(steps)[i : i + _GROUP] for i in range(0, len(steps), _GROUP)]


def summed(
    trace: Trace,
    group: Sequence[int],
    inputs: Iterable[tuple[float, ReplaceEmbeddings]],
    reduce: Callable[[torch.Tensor], torch.Tensor],
    *,
    done: Progress,
) -> Generator[Progress | AtInput, Gradients | None, dict[int, NDArray[Any]]]:
    """Yield progress and inputs, and return for each step of *group* the weighted sum of its reduced gradients.

    Args:
        trace: The run that is explained.
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
        found = yield AtInput(group, replace_embeddings)
        for chunk, gradients, scales, _ in found or ():
            values = reduce(gradients).double()
            values *= scales.double().reshape(-1, *[1] * (values.ndim - 1))
            for step, value in zip(chunk, values.cpu().numpy(), strict=True):
                part = weight * value[: trace.seen(step)]
                sums[step] = sums[step] + part if step in sums else part
    return sums


def rows_of(trace: Trace, target: Target, work: Work) -> Rows:
    """Yield the chunks of *work*, whose gradients are those of *target* in the text alone."""
    found: Gradients | None = None
    try:
        while True:
            asked = work.send(found)
            found = None
            if isinstance(asked, AtInput):
                graph = trace.new_graph(replace_embeddings=asked.replace_embeddings)
                found = graph.gradients(asked.steps, target)
            else:
                yield asked
    except StopIteration:
        return


def rows_at_inputs_together(
    traces: Sequence[Trace], requests: Sequence[Request], *, start: Start
) -> list[list[Chunk] | None]:
    """Compute the rows of several texts of one model, whose inputs are run side by side; see ``Method.together``.

    *start* makes the work of a trace, a target, steps and the method's options.
    """
    from attrwidget.engine.gradients.together import Wanted, gradients_together  # imports torch

    own = [Wanted(t, r.target, range(t.n_steps)) for t, r in zip(traces, requests, strict=True)]
    rows: dict[int, list[Chunk]] = {at: [] for at, _ in gradients_together(own)}
    works = {at: start(*own[at][:3], **requests[at].options) for at in rows}
    found: dict[int, Gradients | None] = dict.fromkeys(works)
    while found:
        asked = {
            at: inputs for at in found if (inputs := _advance(works[at], found[at], rows[at])) is not None
        }
        numbers = list(asked)
        wanted = [own[at]._replace(**asked[at]._asdict()) for at in numbers]
        computed = dict(gradients_together(wanted, checked=True))
        found = {}
        for k, at in enumerate(numbers):
            if k in computed:
                found[at] = computed[k].gradients(asked[at].steps, own[at].score)
            else:
                trace, score, steps, replace = wanted[k]
                found[at] = trace.new_graph(replace_embeddings=replace).gradients(steps, score)
    return [rows.get(at) for at in range(len(traces))]


def _advance(work: Work, found: Gradients | None, rows: list[Chunk]) -> AtInput | None:
    """Send *found* to *work* and collect its *rows* until it wants gradients again; return None at its end."""
    try:
        asked = work.send(found)
        while not isinstance(asked, AtInput):
            if not isinstance(asked, Progress):
                rows.append(asked)
            asked = next(work)
    except (StopIteration, AttrWidgetError):  # by itself it has this error again
        return None
    return asked
