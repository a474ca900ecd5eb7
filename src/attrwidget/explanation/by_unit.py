"""What each sentence of an answer rests on, by units of the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.explanation.live import ComputedPresentation
from attrwidget.results.by_unit import score_units
from attrwidget.results.refined import refined_units

if TYPE_CHECKING:
    import pandas as pd

    from attrwidget.progress import Progress


class ByUnit(ComputedPresentation):
    """Scores by the units that people mean: documents, tools, messages, examples, sentences."""

    def by_unit(
        self,
        units: Any = "document",
        method: str | None = None,
        *,
        rule: str = "sum",
        refine: str | None = None,
        normalize: str | None = "auto",
        progress: Progress | None = None,
        **options: Any,
    ) -> pd.DataFrame:
        """Return what each sentence of the answer rests on, by documents or other units of the prompt.

        A method that leaves inputs out leaves each unit out as a whole and compares the log-probability of the
        sentence, teacher-forced, with and without it, as ContextCite's ablations do (Cohen-Wang et al. 2024,
        arXiv:2409.00729, §2) and Captum's ``FeatureAblation`` with a ``feature_mask``. Scores of other methods are
        joined by *rule*, as Inseq's ``SubwordAggregator`` does for words. Of two documents that say the same, neither
        is missed when it alone is left out.

        Args:
            units: ``"document"``, ``"tool"`` (given with the question, or found where they are numbered),
                ``"message"`` of a chat, ``"example"`` of a few-shot prompt, ``"sentence"``, ``"word"``, ``"token"``, or
                a list of spans: texts, or pairs of token positions.
            method: A name of ``methods()``; by default ``"leave_one_out"``. ``"span_regression"`` deletes random units
                from the text and explains log-probabilities, as ContextCite does, unless *options* say otherwise.
            rule: How scores of tokens become one, for methods that give each token its own: ``"sum"``, which favours
                long units; ``"mean"``, which favours short ones; or ``"max"``, the largest in size.
            refine: ``"sentence"``: for methods that leave units out, part the score of the strongest two units of each
                sentence of the answer among their own sentences, which are left out next; D units and S sentences take
                D + S forward passes, which share what comes before. ``"word"`` goes on to the words of the strongest
                sentence (hierarchical attribution of AttriBoT, arXiv:2411.15102, §3.2).
            normalize: ``"auto"``: shares of the positive scores of a sentence, which sum to 1. None: the scores: of
                methods with a sign, sums over the sentence's tokens, such as the fall of its log-probability in nats;
                of others, means of the shares of each token's row.
            progress: Called with ``(done, total)``. An exception raised in it stops the work; finished rows are kept.
            **options: The method's own, and ``target_function=`` and ``foil=``; see ``scores``.

        Returns:
            float64, a row for each sentence of the answer (for each step of a model that writes no text) and a column
            for each unit, or with *refine* for each ``(unit, part)``. ``attrs`` holds the method, the ``rule``
            (``"left out"`` where units are), the ``units`` and a ``note``.

        Raises:
            AttrWidgetError: There are no such units here, or the method, rule or option does not exist.

        Example:
            >>> ex = model.explain("When did the bridge open?", documents=["It opened in 1973.", "It has six lanes."])
            >>> ex.by_unit("document")
            >>> ex.by_unit("document", refine="sentence")
            >>> ex.by_unit("document", "saliency", rule="mean")
        """
        if normalize not in {"auto", None}:
            raise AttrWidgetError(f"normalize is 'auto', for shares, or None, not {short(normalize)}.")
        if refine is None:
            found = score_units(self.reading, units, method, rule=rule, options=options, progress=progress)
        else:
            found = refined_units(self.reading, units, method, to=refine, options=options, progress=progress)
        return found.table(units, normalize, parted=refine is not None)
