"""The scores of an explanation, by method and by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.explanation.live import LivePresentation
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.methods import get
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.normalize import inseq_method
from attrwidget.results.arguments import check_normalization, require_source, select
from attrwidget.results.layer_readings import read_blocks
from attrwidget.results.one_target import steps_of
from attrwidget.results.score_table import ScoreTable
from attrwidget.results.through import passed_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from attrwidget.progress import Progress


class Scores(LivePresentation):
    """What each input gave to a step, by a method."""

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
        target: str | tuple[int, int] | None = None,
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
                ``"thinking"`` does so for the words of thoughts alone. For methods without sign; best for those whose
                shares are concentrated, such as attention × value norm and value zeroing: norms of gradients spread
                theirs so wide that little is left of the way after two steps.
            target: ``"answer"``, or ``(start, end)``, a span of steps: one row for all of them. Scores with a sign, and
                raw ones, are added up, in one backward pass for the methods that are linear in the score (input ×
                gradient, GIM, integrated gradients); of shares it is the mean.
            progress: Called with ``(done, total)``. An exception raised in it stops the work; finished rows are kept.
            **options: The method's own, listed by ``attrwidget.list_methods()``.

        Returns:
            float32 ``[steps, inputs]``, or ``[1, inputs]`` of a *target*; NaN where a token came later. ``attrs`` holds
            the method, the target function, the foil of each step, the ``base_values`` that rows add up from, and a
            ``note``. A warning names steps without a score, such as one with a single unit: without it there is nothing
            to read.

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
        one = None if target is None else steps_of(reading, target)
        selection = select(layer, head, head_rule)
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
        return ScoreTable(normalize, source_only, passed, one).of(reading, request, progress)

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
