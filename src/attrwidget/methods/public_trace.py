"""The public part of a trace, for authors of methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.perturb import Perturber
    from attrwidget.engine.readings import StepReadings
    from attrwidget.hf.adapter import Adapter
    from attrwidget.text.tokens import Tokens


class Trace(Protocol):
    """One run of a model over one text: what a method computes scores from.

    A function registered with ``register_method`` is called with such a trace. Step *s* is token ``first_step + s`` of
    the text; its inputs are the first ``seen(s)`` tokens. The object has other attributes too, which may change.
    """

    @property
    def model(self) -> Adapter:
        """The model: ``.hf`` is the Transformers model, ``.tokenizer`` its tokenizer, ``.device`` its device."""

    @property
    def tokens(self) -> Tokens:
        """The text: ``.ids``, ``.labels`` and ``.special`` hold an item for each token, inputs first."""

    @property
    def steps(self) -> StepReadings:
        """The predictions of the model: ``.log_probability`` and ``.entropy`` (in nats) hold a number for each step."""

    @property
    def outputs(self) -> tuple[int, ...]:
        """The output that is explained at each step: a token id, or the number of a class."""

    @property
    def n_steps(self) -> int:
        """The number of steps."""

    @property
    def n_inputs(self) -> int:
        """The number of inputs of the last step: how long a row of scores is."""

    @property
    def first_step(self) -> int:
        """The index of the token that is step 0."""

    def seen(self, step: int) -> int:
        """Return how many inputs *step* has, counted from the first; scores of later tokens are ignored.

        Args:
            step: A step, from 0.
        """

    def position(self, step: int) -> int:
        """Return the index of the input at which *step* is predicted: the row of its attention weights.

        Args:
            step: A step, from 0.
        """

    @property
    def attention(self) -> AttentionReader:
        """The attention weights: ``.weights(layer, heads, rows)`` is float32 ``[heads, rows, tokens]``.

        Layers and heads count from 0, *heads* None means all, and *rows* are positions; ``.n_layers`` and ``.n_heads``
        are how many there are.

        Raises:
            AttrWidgetError: The model shows no attention.
        """

    def embeddings(self) -> torch.Tensor:
        """Return the input embeddings ``[n_inputs, d]`` in the model's precision, without positions."""

    def gradients(
        self, steps: Sequence[int], score: Callable[[torch.Tensor, Sequence[int]], torch.Tensor]
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Differentiate the *score* of *steps* at the input embeddings, as many steps at once as memory allows.

        Args:
            steps: The steps whose gradients are asked for.
            score: What is differentiated, such as the ``Target`` that a method is given: called with float64 logits
                ``[k, outputs]`` and the steps they belong to, it returns ``[k]``.

        Yields:
            ``(steps, gradients [k, tokens, d], scales [k], embeddings [tokens, d])``, with at most ``n_inputs`` tokens.
            The gradient of a step is its row times its scale, kept apart so that a tiny gradient does not underflow.
        """

    def perturber(self, change: str | int | None) -> Perturber:
        """Return what runs the text again with inputs changed.

        Args:
            change: ``"mask"``: no token attends to the changed inputs; ``"delete"``: the text is run without them; or
                the id of a token that replaces each.

        Returns:
            An object with ``batch(groups, read)``, which runs as many *groups* (tuples of input indices) as fit in
            memory and returns ``read(logits [n_steps, outputs])`` of each, and ``unchanged(read)``, the same for the
            text as it is. ``target.all_steps`` is a *read* that gives the score of each step.
        """
