"""``Explanation``, what ``explain`` returns: scores by method, attention on demand, and the widget that shows them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from attrwidget.hf.exclusive_use import own_precision
from attrwidget.methods import get
from attrwidget.methods.request.footnotes import attributes_of, unscored
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.normalize import inseq_method, normalize_rows
from attrwidget.presentation import Presentation
from attrwidget.results.arguments import check_normalization, require_source, select
from attrwidget.results.attention_table import attention_table
from attrwidget.results.check import DRAWS
from attrwidget.results.given_table import read_heads
from attrwidget.results.layer_readings import lens_by_layer, read_blocks
from attrwidget.results.through import PASSED_ON, pass_on, passed_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.check import Check
    from attrwidget.results.live import LiveReading
    from attrwidget.results.similar import SearchedTexts


class Explanation(Presentation):
    """Why a model gave its answer; made by ``Model.explain``.

    Scores are computed when they are first asked for and then kept. *Step* s is the s-th generated token; the
    *inputs* of a step are the prompt and the tokens generated before it. As the last line of a notebook cell it
    shows as the widget.

    Example:
        >>> ex = aw.load("demo").explain("The capital of Japan is")
        >>> ex.scores("saliency")
    """

    reading: LiveReading

    def __init__(self, reading: LiveReading) -> None:
        super().__init__(reading)

    @property
    def trace(self) -> Trace:
        """The forward pass that all numbers are read from, with the model; methods are functions of it."""
        return self.reading.trace

    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        foil: str | int | Sequence[str | int] | None = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
        source_only: bool = False,
        through: bool | str = False,
        progress: Progress | None = None,
        **options: Any,
    ) -> pd.DataFrame:
        """Return the scores of all steps, labelled by token.

        Args:
            method: A name of ``methods()``; by default the first, which is the one shown first: leave-one-out for a
                model that continues a text, GIM where that takes longer than about a second, and saliency for others.
            target_function: What is explained: ``"probability"``, ``"log_prob"``, ``"logit"``, ``"log_odds"``,
                ``"entropy"``, ``"distribution"`` (all of it) or ``"contrast"``. Each method has its default.
            foil: The other token of ``"contrast"``, which it implies: a text or a token id for every step, or a list
                with one for each.
            normalize: ``"auto"``, as the widget shows them: shares that sum to 1 for unsigned methods, raw values for
                signed ones. ``"step"``: each row divided by its L1 norm. ``"inseq"``: the columns of Inseq's table
                (target function ``probability``, L2 norm, L1 per step). None: raw.
            layer: For attention: a layer from 0; see ``attention``.
            head: For attention: a head of *layer* from 0, or several.
            head_rule: For attention: how several heads become one.
            source_only: For encoder–decoder models: score and normalise the source alone, as Inseq's
                ``attribute_target=False`` does, instead of source and target together.
            through: True passes the share of each earlier answer word on to what that word drew from, until all rests
                on the prompt: ``(I − R)⁻¹ P``, where P and R are the shares of the prompt's and of the answer's words.
                ``"thinking"`` does so for the words of thoughts alone. For methods without sign.
            progress: Called with ``(done, total)``. An exception raised in it stops the work; finished rows are kept.
            **options: The method's own, listed by ``attrwidget.list_methods()``.

        Returns:
            float32 ``[steps, inputs]``, NaN where a token came later. ``attrs`` holds the method, the target function,
            the foil of each step, the ``base_values`` that rows add up from, and a ``note``. A warning names steps
            without a score, such as one with a single unit: without it there is nothing to read.

        Raises:
            AttrWidgetError: A name, layer, head or option does not exist; the sentence lists those that do.

        Example:
            >>> ex.scores("input_x_gradient", foil=" London")
        """
        reading = self.reading
        if method is None:
            method = next((known.name for known in self.methods()), "saliency")
        check_normalization(normalize)
        if normalize == "inseq":
            method = inseq_method(method)
            if foil is None and get(method).target_function is not None:
                target_function = target_function or "probability"
        selection, steps = select(layer, head, head_rule), range(reading.n_steps)
        request = make_request(
            self.trace, method, target_function, foil=foil, selection=selection, options=options
        )
        if source_only:
            require_source(reading.n_source, reading.model_name, "source_only")
        passed = None
        if through is not False:
            signed = request.method.signed
            passed = passed_steps(
                reading,
                method,
                signed=signed,
                through=through,
                normalize=normalize,
                source_only=source_only,
            )
        raw = reading.raw(request, steps, progress, bar=True)
        sentence = unscored(request, self.trace, raw)
        if sentence is not None:
            warnings.warn(sentence, stacklevel=2)
        if source_only:
            raw[:, reading.n_source :] = np.nan
        rows = normalize_rows(raw, request.method, normalize)
        attributes = attributes_of(request, self.trace, reading.cache, steps)
        if passed is not None:
            rows, attributes["note"] = pass_on(rows, reading.first_step, passed), PASSED_ON
        frame = reading.frame(rows)
        frame.attrs.update(attributes)
        return frame

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

    def with_corpus(self, corpus: SearchedTexts) -> Self:
        """Let the widget search for similar contexts in *corpus*, and return this explanation.

        Args:
            corpus: What ``attrwidget.corpus`` returned for the same model.

        Raises:
            AttrWidgetError: The corpus was read by another model.

        Example:
            >>> ex.with_corpus(aw.corpus("demo", model))
        """
        self.reading.similar = corpus.for_page(self.reading)
        self._renew_widget()
        return self

    def check(
        self,
        step: int | Sequence[int],
        method: str | None = None,
        *,
        k: int = 3,
        inputs: Sequence[int] | None = None,
        draws: int = DRAWS,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Check:
        """Check whether the words that a method puts first matter to the model: mask them, and as many other inputs.

        Positions stay. Special tokens and the first token are never masked. Signed methods rank by value, the largest
        positive first, others by size. It *holds* where the probability falls further than in all draws.

        Args:
            step: The index of a step, or those of a word of several tokens, whose joint probability is compared.
            method: A name of ``methods()``; by default the first.
            k: How many words are masked, each with all its tokens; fewer in a short text, where as many others must be
                left.
            inputs: Positions of the inputs to mask, instead of a method's first *k* words.
            draws: How many times as many other inputs are drawn at random.
            seed: The seed of the draws.
            progress: Called with ``(done, total)`` masked texts. An exception raised in it stops the work; what is
                finished is kept.

        Returns:
            The probabilities, and whether it holds; printed as one sentence.

        Raises:
            AttrWidgetError: The step, method or inputs do not exist, too few inputs are left to draw from, or the model
                ignores an attention mask or gives no probabilities.

        Example:
            >>> ex.check(0, "saliency")
        """
        checks = self.reading.checks
        given = checks.first_inputs(step, method, k) if inputs is None else inputs
        return checks.run(step, given, draws=draws, seed=seed, progress=progress)

    def instead(
        self,
        answer: str | int | Iterable[str | int],
        *,
        step: int = 0,
        max_new_tokens: int = 0,
        progress: Progress | None = None,
    ) -> Explanation:
        """Return the explanation of another *answer* to the same input; its ``steps`` show how likely that answer is.

        Args:
            answer: A text, a token id, or a list of ids.
            step: Where the other answer begins: what the model wrote before this step, from 0, stays.
            max_new_tokens: How many tokens the model writes after it, at most, as its ``generate`` does by default.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.

        Returns:
            An explanation whose steps are the tokens of *answer*.

        Raises:
            AttrWidgetError: The answer is empty or has ids that do not exist, or the model writes no answers.

        Example:
            >>> ex.instead(" Thomas Jefferson").steps
            >>> ex.instead(" Thomas", step=0, max_new_tokens=5)
        """
        return Explanation(self.reading.instead(answer, step, max_new_tokens, progress))

    def edit(
        self,
        changes: Mapping[int | tuple[int, int], str | int | None],
        *,
        progress: Progress | None = None,
    ) -> Explanation:
        """Return the explanation of the text with words changed, and of what the model answers then.

        A model that writes text writes as many tokens as before, or 20; what it had written before the last changed
        word stays. ``ex.tokens.labels`` shows the positions.

        Args:
            changes: For each input, by position or ``(start, end)``: a text or a token id that takes its place, or None
                to delete it. A space goes before a text where one stands before what it replaces.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.

        Returns:
            An explanation, whose widget shows what was changed and can go back.

        Raises:
            AttrWidgetError: An input does not exist or is changed twice, or nothing is left of the text.

        Example:
            >>> ex = aw.load("demo").explain("The capital of Japan is")
            >>> ex.edit({3: " France"})
        """
        return Explanation(self.reading.edited(changes, progress))

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

    @own_precision()
    def blocks(
        self,
        reading: str = "input_x_gradient",
        *,
        steps: Sequence[int] | None = None,
        target_function: str | None = None,
        foil: str | int | Sequence[str | int] | None = None,
        head_rule: str = "mean",
    ) -> pd.DataFrame:
        """Return a reading of each block (layer) by itself.

        Source of ``"input_x_gradient"``: Captum's LayerGradientXActivation.

        Args:
            reading: ``"input_x_gradient"``: gradient × hidden state at the block's output, ``h·∂s/∂h`` of each token;
                a row ``"embeddings"``, equal to the method's own, comes first, and each step costs one backward pass.
                ``"attention"``: attention weights of the block's heads.
            steps: Indices of steps; by default all.
            target_function: The score *s* that is differentiated; see ``scores``.
            foil: The other token of ``"contrast"``; see ``scores``.
            head_rule: For ``"attention"``: how the heads become one; see ``attention``.

        Returns:
            float32, a row for each ``(step, block)``, both from 0, and a column for each token; NaN where a token came
            later, or belongs to the other side of an encoder–decoder.

        Raises:
            AttrWidgetError: The model does not allow the reading.

        Example:
            >>> ex.blocks(steps=[2]).loc[2]
        """
        wanted = list(range(self.reading.n_steps)) if steps is None else list(steps)
        self.reading.check_steps(wanted)
        return read_blocks(self.trace, reading, wanted, target_function, foil, head_rule)
