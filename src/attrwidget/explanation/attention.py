"""What the layers and heads of the model did: attention, queries and keys, and each layer's prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation.live import LivePresentation
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.results.arguments import select
from attrwidget.results.attention_table import attention_table
from attrwidget.results.experts import NO_EXPERTS
from attrwidget.results.given_table import read_heads
from attrwidget.results.layer_readings import lens_by_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


class Attention(LivePresentation):
    """Readings of layers and heads."""

    @own_precision()
    def attention(
        self,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        *,
        head_rule: str = "mean",
        targets: str = "steps",
        part: str | None = None,
    ) -> pd.DataFrame:
        """Return attention weights, labelled by token.

        Args:
            layer: A layer from 0 (shown from 1); by default all layers.
            head: A head of *layer* from 0, or several; by default all heads.
            head_rule: How several heads become one: ``"mean"``, ``"median"``, ``"sum"`` or ``"max"``.
            targets: ``"steps"``: the row that predicts each generated token. ``"all"``: a row for every token that the
                model, or the decoder of an encoder–decoder, read.
            part: One attention alone. Of an encoder–decoder ``"cross"``, ``"decoder"`` or ``"encoder"``, which has a
                row for each source token; by default a row covers source and target and sums to 1. ``"all"``: a row for
                each token. Of two texts, ``"AA"``, ``"AB"`` (from the first to the second), ``"BA"`` or ``"BB"``.

        Returns:
            float32 ``[targets, inputs]``, NaN where a token came later.

        Raises:
            AttrWidgetError: A layer or head does not exist, or the model shows no attention.

        Example:
            >>> ex.attention(layer=3, head=[1, 9], head_rule="max")
        """
        return attention_table(self.reading, select(layer, head, head_rule), targets, part)

    @own_precision()
    def heads(
        self, step: int | None = None, *, foil: str | int | None = None, by_input: bool = False
    ) -> pd.DataFrame:
        """Return what each attention head gave to a step, as shares of all heads.

        Head *h* of layer *l* gives input *j* ``a·(v·g)``: its weight, times the product of the value with the gradient
        *g* of the step's logit (less the mean logit) at the input of the layer's output projection. A head's share is
        of the magnitudes of its sums over the inputs. A control or first token that holds over a quarter of all, a
        sink, is left out. A model without gradients is read by weight × norm of the value; one that shows no
        values, by weight.

        Args:
            step: A step from 0; by default the mean of all steps, each of which costs one backward pass.
            foil: A text or token id to contrast the step with: *g* is then of the difference of the two logits.
            by_input: Return a row for each ``(layer, head)`` and a column for each input.

        Returns:
            float32 ``[layers, heads]``, both from 0, which sums to 1; or ``[layers · heads, inputs]``, the magnitude of
            each head and input as a share of all, sinks too. ``attrs`` holds the ``reading`` (``"gradient"``,
            ``"values"`` or ``"attention"``) and the ``sinks``, by position, with their shares.

        Raises:
            AttrWidgetError: The step or the foil does not exist, or the model shows no attention.

        Example:
            >>> ex.heads(0).stack().nlargest(3)
        """
        return read_heads(self.reading, step, foil, by_input=by_input)

    def query_key(
        self, step: int, index: int, layer: int, head: int, *, part: str | None = None
    ) -> pd.DataFrame:
        """Return the query of a step and the key of an input in one head, as the head multiplies them.

        Args:
            step: A step from 0, or the token that reads in a *part* whose rows are tokens.
            index: An input from 0.
            layer: A layer from 0.
            head: A head from 0.
            part: As in ``attention``.

        Returns:
            ``query``, ``key`` and ``product`` by dimension. ``attrs`` holds ``scale``; ``score``, *scale* times the sum
            of the products; and the attention ``weight`` that a softmax over all inputs makes of it.

        Raises:
            AttrWidgetError: One of them does not exist, or the model returns its attention weights alone.

        Example:
            >>> ex.query_key(0, 3, layer=2, head=1).nlargest(5, "product")
        """
        return self.reading.query_key(step, index, layer, head, part).table()

    @own_precision()
    def experts(self, layer: int | str | None = None) -> pd.DataFrame:
        """Return which experts of a mixture-of-experts model each token goes to, with their weights.

        They are read where a layer calls its experts, after all that its router does to its logits. The text is run
        once more for it. Experts that every token goes to (shared ones) are not among them.

        Args:
            layer: A layer from 0, or of an encoder–decoder such as ``"encoder 1"``; by default all that have experts.

        Returns:
            float32 ``[inputs, experts]``, labelled by token; for all layers a row for each ``(layer, position)``. The
            weight that an expert's output is added with: 0 where a token does not go to the expert, NaN where the layer
            does not read the token. Step *s* is written at position ``ex.trace.position(s)``.

        Raises:
            AttrWidgetError: The model or the layer has no experts, or calls them in a way that cannot be read.

        Example:
            >>> ex.experts(layer=3).idxmax(axis=1)
        """
        experts = self.reading.experts
        if experts is None:
            raise AttrWidgetError(NO_EXPERTS.format(self.model_name))
        return experts.table(layer, self.tokens.labels[: self.reading.n_inputs])

    def logit_lens(self) -> pd.DataFrame:
        """Return what each layer would predict at each step: its output through the final norm and the LM head.

        Source: nostalgebraist 2020, "interpreting GPT: the logit lens".

        Returns:
            One row per layer, from 0; the last is the model's own prediction. Three columns for each step:
            ``token``, the likeliest one; its ``probability``; and ``chosen``, the probability of the generated token.

        Raises:
            AttrWidgetError: The model's layers cannot be read one by one.

        Example:
            >>> ex.logit_lens()[0]
        """
        return lens_by_layer(self.reading.lens, self.reading.n_steps)
