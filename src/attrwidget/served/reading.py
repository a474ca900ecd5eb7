"""What a client knows of an explanation: its texts, steps and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.open import _sections, _steps, _tokens
from attrwidget.results.base import Reading
from attrwidget.wire.values import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.results.base import MethodInfo


class ServedReading(Reading):
    """The texts of an explanation that a server holds."""

    def __init__(self, answer: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        texts = answer["document"]
        self.tokens, self.sections = _tokens(texts, arrays), _sections(texts)
        self.first_step, self.n_inputs = texts["first_step"], texts["inputs"]
        self.n_steps = len(self.tokens) - self.first_step
        self._steps = _steps(texts, arrays, self.tokens.labels[self.first_step :])
        self.model_name, self.warnings, self.answer_text = (
            texts["model"],
            texts["warnings"],
            texts["answer_text"],
        )
        self.step_noun, self.places = tuple(texts["step_noun"]), tuple(texts.get("places", ()))
        self.n_layers, self.n_heads = answer["layers"], answer["heads"]
        self.attention_note = texts["attention_note"]
        self._methods: list[MethodInfo] = decode(answer["methods"], arrays)

    @property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each step, one row each."""
        return self._steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that the model allows, the default one first."""
        return self._methods

    def rows(self, method: str, steps: Sequence[int], **_selection: Any) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: rows are asked for by ``scores``."""
        self._refuse()

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:  # noqa: ARG002
        """Return False: nothing is kept."""
        return False

    def head_weights(self, steps: Sequence[int]) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: the weights of all heads stay on the server."""
        self._refuse()

    def raw_rows(self, method: str, progress: Any = None) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: rows are asked for by ``scores``."""
        self._refuse()

    def target_function_of(self, method: str) -> None:  # noqa: ARG002
        """Return None: it is not sent."""
        return

    def _refuse(self) -> NoReturn:
        raise AttrWidgetError(
            "This is read where the model is, on the server: ask by a method of the explanation."
        )
