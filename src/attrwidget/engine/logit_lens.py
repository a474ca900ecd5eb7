"""The logit lens: each layer's output put through the model's own final norm and LM head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from attrwidget.checks import LENS_WORDS
from attrwidget.engine.compare import same
from attrwidget.engine.hooks import hooked
from attrwidget.engine.readings import read_steps
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.layers import blocks_by_side
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.compared_runs import ComparedRuns
    from attrwidget.progress import Progress

_LOGITS_BYTES = 64 << 20  # of the steps whose layers are read at once
_STATES_BYTES = 256 << 20  # of the layers' outputs that are kept


@dataclass(frozen=True)
class LayerPredictions:
    """What every layer predicts at one step.

    Attributes:
        top: The likeliest tokens' ids, int64 ``[layers, LENS_WORDS]``.
        probability: Their probabilities, float64.
        chosen: The probability of the token that the step is about, float64 ``[layers]``.
        rank: The rank of that token, from 1, int64 ``[layers]``.
        rivals: The probabilities of each token that the model itself finds likely, by id, float64 ``[layers]``.
    """

    top: NDArray[Any]
    probability: NDArray[Any]
    chosen: NDArray[Any]
    rank: NDArray[Any]
    rivals: dict[int, NDArray[Any]]


class LogitLens:
    """Reads the layers of one text, some steps at a time, and keeps what it has read.

    The text is run once for the outputs of its layers. A single token is then run with these in place of the last
    layer's output, so that they go through whatever the model does after its layers.

    Args:
        trace: The text's first run.
        rows: The position in the layers' output at which each step is read.
        whole: Runs the text and returns logits ``[rows, vocabulary]``, of which the last row is the last step's.
        one: Runs one token of the text, *count* times in a batch, and returns logits ``[count, 1, vocabulary]``.

    Raises:
        AttrWidgetError: If the model has no plain list of layers.
    """

    def __init__(
        self,
        trace: ComparedRuns,
        rows: Sequence[int],
        whole: Callable[[], torch.Tensor],
        one: Callable[[int], torch.Tensor],
    ) -> None:
        self._trace, self._model, self._rows = trace, trace.model, list(rows)
        self._whole, self._one, self._targets = whole, one, trace.outputs
        blocks = blocks_by_side(self._model)
        if blocks is None:
            raise AttrWidgetError(self._refusal)
        self._blocks = list(blocks.values())[-1]
        self._known: dict[int, LayerPredictions] = {}
        self._window = (range(0), torch.empty(0))
        self._alone = True  # one token is enough for many states

    @property
    def n_layers(self) -> int:
        """How many layers are read."""
        return len(self._blocks)

    def has(self, steps: Sequence[int]) -> bool:
        """Return whether *steps* have been read."""
        return all(step in self._known for step in steps)

    def read(self, steps: Sequence[int], progress: Progress | None = None) -> list[LayerPredictions]:
        """Return what every layer predicts at each of *steps*.

        Args:
            steps: Indices of steps.
            progress: Called with ``(done, total)`` between some steps. An exception raised in it stops the work; what
                is finished is kept.

        Raises:
            AttrWidgetError: If the last layer's output does not lead to the model's own logits.
        """
        missing = [step for step in dict.fromkeys(steps) if step not in self._known]
        at_once = max(1, _LOGITS_BYTES // (4 * self.n_layers * self._model.vocabulary))
        if missing:
            self._guarded(lambda: self._states(missing[0]))  # kept, so that what cannot wait may go next
        for done in range(0, len(missing), at_once):
            if progress is not None:
                progress(done, len(missing))
            self._read(missing[done : done + at_once])
        return [self._known[step] for step in steps]

    def probabilities(self, step: int, ids: Sequence[int]) -> NDArray[Any]:
        """Return what every layer gives the tokens *ids* at *step*, float64 ``[layers, len(ids)]``."""
        (known,) = self.read([step])
        if all(one in known.rivals for one in ids):
            return np.stack([known.rivals[one] for one in ids], axis=1)
        logits = self._guarded(lambda: self._predictions(self._states(step)))
        read: NDArray[Any] = logits.double().softmax(-1)[:, list(ids)].cpu().numpy()
        return read

    def _read(self, steps: Sequence[int]) -> None:
        logits = self._guarded(lambda: self._predictions(torch.cat([self._states(step) for step in steps])))
        layers = self.n_layers
        for step, of_step in zip(steps, logits.split(layers), strict=True):
            read = read_steps(of_step, [self._targets[step]] * layers, LENS_WORDS)
            likeliest = self._trace.steps.top_ids[step]
            others = of_step[:, [*likeliest, self._targets[step]]].double().cpu().numpy()
            total = others[:, -1:] - read.log_probability[:, None]
            rivals = dict(zip(likeliest.tolist(), np.exp(others[:, :-1] - total).T, strict=True))
            self._known[step] = LayerPredictions(
                read.top_ids, read.top_probability, read.probability, read.rank, rivals
            )

    def _states(self, step: int) -> torch.Tensor:
        """Return the layers' outputs ``[layers, d]`` at *step*; those of as many steps after it as fit are kept."""
        steps, states = self._window
        if step not in steps:
            steps, states = self._window = self._run_whole(step)
        return states[:, step - steps.start]

    def _run_whole(self, first: int) -> tuple[range, torch.Tensor]:
        outputs: list[torch.Tensor] = []
        rows: list[int] = []

        def keep(_module: Any, _args: Any, output: Any) -> None:
            state = output if isinstance(output, torch.Tensor) else output[0]
            if not rows:
                size = state.shape[-1] * state.element_size() * self.n_layers
                rows.extend(self._rows[first : first + max(1, _STATES_BYTES // size)])
            outputs.append(state[0, [*rows, self._rows[-1]]])

        with (
            hooked([(block, keep) for block in self._blocks]),
            exclusive_use(self._model.hf),
            torch.no_grad(),
        ):
            own = self._whole()[-1]
        if len(outputs) != self.n_layers:
            raise AttrWidgetError(self._refusal)
        states = torch.stack([output.to(outputs[-1].device) for output in outputs])
        last = self._predictions(states[-1:, -1])[0]
        if not same(own, last.to(own.device), low_precision=self._model.low_precision):
            raise AttrWidgetError(self._refusal)
        return range(first, first + len(rows)), states[:, :-1]

    def _predictions(self, states: torch.Tensor) -> torch.Tensor:
        """Return logits ``[k, vocabulary]`` of *states* ``[k, d]``."""
        if self._alone:
            try:
                return self._from_last(states, 1)
            except RAISED:  # GPT-BigCode and OpenAI-GPT give the states the batch size of the ids
                self._alone = False
        return self._from_last(states, len(states))

    def _from_last(self, states: torch.Tensor, count: int) -> torch.Tensor:
        def replace(_module: Any, _args: Any, output: Any) -> Any:
            own = output if isinstance(output, torch.Tensor) else output[0]
            padded = own[:1].repeat(len(states), *(1 for _ in own.shape[1:]))  # Longformer pads a text
            padded[:, 0] = states
            return padded if isinstance(output, torch.Tensor) else (padded, *output[1:])

        with hooked([(self._blocks[-1], replace)]), exclusive_use(self._model.hf), torch.no_grad():
            logits = self._one(count)
        if len(logits) != len(states):
            raise ValueError("the states were not read one by one")
        return logits[:, 0]

    def _guarded(self, read: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Return what *read* returns; what it raises becomes a sentence."""
        try:
            return read()
        except RAISED as error:
            if isinstance(error, AttrWidgetError) and error.__cause__ is None:
                raise
            raise AttrWidgetError(self._refusal) from error

    @property
    def _refusal(self) -> str:
        return f"{self._model.name} has no plain list of layers to read one by one, so there is no logit lens of it."
