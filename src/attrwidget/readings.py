"""``Readings``: the numbers of an explanation as tables and sentences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.summary import Summary
    from attrwidget.text.tokens import Tokens


class Readings(ABC):
    """What an explanation says in numbers.

    Attributes:
        reading: The numbers as the widget and the exporters read them; see ``attrwidget.results.base.Reading``.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @property
    def model_name(self) -> str:
        """The name or folder that the model was loaded by."""
        return self.reading.model_name

    @property
    def tokens(self) -> Tokens:
        """All tokens: the inputs, then the generated ones or the classes."""
        return self.reading.tokens

    @property
    def warnings(self) -> list[str]:
        """Sentences about the numbers, such as the model's low precision; the widget shows them."""
        return self.reading.warnings

    @property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each generated token, one row each; NaN where a reading is not known.

        Columns: ``token``, ``probability``, ``log_probability``, ``entropy`` (nats), ``rank`` (1 is the likeliest) and
        ``top``, the likeliest tokens as ``(text, probability)``.

        Example:
            >>> ex.steps["probability"]
        """
        return self.reading.steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that ``scores`` takes here, the default one first.

        Example:
            >>> [method.name for method in ex.methods()]
        """
        return self.reading.methods()

    def summary(
        self,
        steps: Sequence[int] | None = None,
        method: str | None = None,
        *,
        check: bool = True,
        progress: Progress | None = None,
    ) -> Summary:
        """Return what stands out: what a word rests on most, how much, whether leaving it out confirms it.

        A few words stand out that hold half of what all words gave, and twice their equal part, if p falls by .05
        or more without the first three. Other methods are named whose scores are at hand.

        Args:
            steps: The steps of the word to sum up; by default the one that the widget explains first.
            method: A name of ``methods()``; by default the first.
            check: Make the check of the page: mask the first three words, then as many others.
            progress: Called with ``(done, total)``; an exception raised in it stops the work.

        Returns:
            The numbers; printed as the sentences that stand above the map.

        Raises:
            AttrWidgetError: A step or the method does not exist, or there is no answer.

        Example:
            >>> ex.summary()
        """
        from attrwidget.page.first_word import first_word
        from attrwidget.results.summary import summarize

        at = first_word(self.reading) if steps is None else steps
        return summarize(self.reading, at, method, check=check, progress=progress)

    @abstractmethod
    def scores(self, method: str | None = None, *, normalize: str | None = "auto") -> pd.DataFrame:
        """Return the scores of all steps, float32 ``[steps, inputs]``."""

    def sentences(self, method: str | None = None, *, through: bool | str = True) -> pd.DataFrame:
        """Return how much each sentence of the answer drew from each sentence before it, by way of others too.

        Args:
            method: A method without sign; by default attention × value norm, which finds the source of a planted copy
                of a copy every time, where saliency, whose shares are spread wide, finds it one time in five.
            through: True counts what came from a sentence or by way of it: those of the prompt share the whole, but
                for its control tokens. ``"thinking"`` passes through thoughts alone. False counts what was drawn
                directly.

        Returns:
            float32, a row for each sentence of thoughts and answer, and a column for each sentence; NaN where one came
            no earlier. Both are labelled by part (``"prompt"``, ``"thought"``, ``"answer"``) and text. A value is the
            mean over the sentence's tokens.

        Raises:
            AttrWidgetError: The method has signs, or no step is read by a later one.

        Example:
            >>> ex.sentences("saliency").loc["answer", "thought"]
        """
        from attrwidget.results.sentences import sentence_table

        return sentence_table(self.reading, method, through=through)
