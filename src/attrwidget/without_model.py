"""What explanations without the model at hand have in common: they refuse what needs it, in one form."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, NoReturn, Self

from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.check import Check


class WithoutModel(Presentation):
    """An explanation whose model is not at hand; each refusal says so."""

    @abstractmethod
    def _refuse(self, what: str) -> NoReturn:
        """Raise AttrWidgetError: *what* needs the model."""

    @property
    def trace(self) -> Trace:
        """Raise AttrWidgetError: there is no forward pass without the model."""
        self._refuse("trace")

    def heads(
        self,
        step: int | None = None,  # noqa: ARG002
        *,
        foil: str | int | None = None,  # noqa: ARG002
        by_input: bool = False,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Raise AttrWidgetError: what each head gave needs the model."""
        self._refuse("heads()")

    def query_key(
        self,
        step: int,  # noqa: ARG002
        index: int,  # noqa: ARG002
        layer: int,  # noqa: ARG002
        head: int,  # noqa: ARG002
        *,
        part: str | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Raise AttrWidgetError: queries and keys need the model."""
        self._refuse("query_key()")

    def experts(self, layer: int | str | None = None) -> pd.DataFrame:  # noqa: ARG002
        """Raise AttrWidgetError: experts are read from the model."""
        self._refuse("experts()")

    def with_corpus(self, corpus: Any) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: searching a corpus needs the model."""
        self._refuse("with_corpus()")

    def logit_lens(self) -> pd.DataFrame:
        """Raise AttrWidgetError: the logit lens needs the model."""
        self._refuse("logit_lens()")

    def blocks(
        self,
        reading: str = "input_x_gradient",  # noqa: ARG002
        *,
        steps: Sequence[int] | None = None,  # noqa: ARG002
        target_function: str | None = None,  # noqa: ARG002
        foil: str | int | Sequence[str | int] | None = None,  # noqa: ARG002
        head_rule: str = "mean",  # noqa: ARG002
    ) -> pd.DataFrame:
        """Raise AttrWidgetError: readings of single layers need the model."""
        self._refuse("blocks()")

    def check(
        self,
        step: int | Sequence[int],  # noqa: ARG002
        method: str | None = None,  # noqa: ARG002
        *,
        k: int = 3,  # noqa: ARG002
        inputs: str | Sequence[int | str] | None = None,  # noqa: ARG002
        draws: int = 20,  # noqa: ARG002
        seed: int = 0,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Check:
        """Raise AttrWidgetError: a check masks inputs and runs the model again."""
        self._refuse("check()")

    def context_reliance(
        self,
        context: str | tuple[int, int] | Sequence[tuple[int, int]],  # noqa: ARG002
        *,
        metric: str = "kl_divergence",  # noqa: ARG002
        std: float = 1.0,  # noqa: ARG002
        topk: int | None = None,  # noqa: ARG002
        method: str = "saliency",  # noqa: ARG002
        target_function: str = "contrast_prob_diff",  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> NoReturn:
        """Raise AttrWidgetError: a text without its context needs the model."""
        self._refuse("context_reliance()")

    def instead(
        self,
        answer: str | int | Iterable[str | int],  # noqa: ARG002
        *,
        step: int = 0,  # noqa: ARG002
        max_new_tokens: int = 0,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Self:
        """Raise AttrWidgetError: another answer needs the model."""
        self._refuse("instead()")

    def edit(
        self,
        changes: Mapping[int | str | tuple[int, int], str | int | None],  # noqa: ARG002
        *,
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Self:
        """Raise AttrWidgetError: a changed text needs the model."""
        self._refuse("edit()")
