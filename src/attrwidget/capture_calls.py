"""Explain what came of the user's own call of a model: it is heard, and run again, teacher-forced, when asked for."""

from __future__ import annotations

import threading
import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.call_listener import watched
from attrwidget.hf.call_record import Call, Generated, generate_called, model_called
from attrwidget.hf.exclusive_use import weights_state
from attrwidget.kinds.model import Model
from attrwidget.load_model import load
from attrwidget.text.prompt import is_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.explanation import Explanation

_NOTHING = "Nothing was captured: call {}, of the model given to capture, inside the with block."

_CHANGED = "The answer was chosen by other probabilities ({}) than the model's own, which are those shown."


def capture(
    model: PreTrainedModel | Model,
    tokenizer: PreTrainedTokenizerBase | None = None,
    *,
    messages: Sequence[Any] | None = None,
) -> Capture:
    """Hear every call of the model's ``generate`` in a with block; ``explanations`` of what came out are then at hand.

    *model* is a Transformers model with its *tokenizer*, or what ``load`` returned. Any call counts, also one that a
    pipeline makes: greedy, sampled, beams, batches, assisted. Nothing is changed in it, and nothing is differentiated
    through it: the ids that it returned are run again when ``explanations`` is first read. A model that generates
    nothing, such as a classifier, is heard when it is called itself: ``model(**inputs)``. *messages* is the chat
    that the prompt was made of; without it, messages are told apart where the chat template begins them with
    control tokens. Only this model object is watched, and it is given back as it was when the block is left.

    Raises AttrWidgetError, in one sentence with what to do, for a model that cannot be explained.
    """
    loaded = model if isinstance(model, Model) else load(model, tokenizer)
    if messages is not None and not is_messages(messages):
        raise AttrWidgetError(
            "messages must be chat messages like [{'role': 'user', 'content': 'Hello'}], not "
            f"{type(messages).__name__}: leave it out to have them found."
        )
    return Capture(loaded, messages)


class Capture:
    """The calls heard in a with block; made by ``capture``. As the last line of a notebook cell it shows them."""

    def __init__(self, model: Model, messages: Sequence[Any] | None = None) -> None:
        self._model, self._messages = model, messages
        self._calls: list[Call] = []
        self._explained: dict[int, list[Explanation]] = {}
        self._watching = ExitStack()
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        self._watching.enter_context(watched(self._model.hf, self._listen))
        return self

    def __exit__(self, *_: object) -> None:
        self._watching.close()

    def __repr__(self) -> str:
        return f"Capture({self._model.name!r}, {len(self._calls)} calls)"

    @property
    def explanations(self) -> list[Explanation]:
        """The Explanation of each sequence generated, in the order of the calls; made when first read.

        Of beams these are the winning sequences. Probabilities are the model's own for the tokens that were chosen; a
        warning says when sampling options or logits processors had changed what these were chosen from.
        Raises AttrWidgetError when nothing was captured, or nothing of which the token ids are known.
        """
        with self._lock:
            if not self._calls:
                called = "model.generate" if self._model.hf.can_generate() else "model(…)"
                raise AttrWidgetError(_NOTHING.format(called))
            refusals = [call.refusal for call in self._calls if call.refusal is not None]
            if len(refusals) == len(self._calls):
                raise AttrWidgetError(_refused(refusals[0]))
            for refusal in refusals:
                warnings.warn(_refused(refusal), stacklevel=2)
            heard = [index for index, call in enumerate(self._calls) if call.refusal is None]
            return [explanation for index in heard for explanation in self._explain(index)]

    def _listen(self, *args: Any, **kwargs: Any) -> Callable[[Any], None]:
        hf = self._model.hf
        call = (generate_called if hf.can_generate() else model_called)(hf, *args, **kwargs)

        def told(result: Any) -> None:
            call.receive(result)
            with self._lock:
                self._calls.append(call)

        return told

    def _explain(self, index: int) -> list[Explanation]:
        if index not in self._explained:
            call = self._calls[index]
            if weights_state(self._model.hf) != call.weights:
                raise AttrWidgetError(
                    "The model's weights have changed since it was called: read explanations before you "
                    "train or replace them, or capture again."
                )
            explanations = self._model.explain_call(call, self._messages)
            if isinstance(call, Generated) and call.changes:
                for explanation in explanations:
                    explanation.warnings.append(_CHANGED.format(", ".join(call.changes)))
            self._explained[index] = explanations
        return self._explained[index]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        try:
            explanations = self.explanations
        except AttrWidgetError as error:
            return {"text/plain": str(error)}
        if len(explanations) == 1:
            return explanations[0]._repr_mimebundle_(**options)
        from ipywidgets import Tab

        titles = [ex.tokens.labels[ex.reading.first_step] for ex in explanations]
        tabs = Tab([ex.widget for ex in explanations], titles=[f"{i}: {t}" for i, t in enumerate(titles, 1)])
        return tabs._repr_mimebundle_(**options)

    def _display_(self) -> Any:
        """Return what marimo shows, which has no widgets of ipywidgets such as tabs."""
        try:
            explanations = self.explanations
        except AttrWidgetError as error:
            return str(error)
        return explanations[0] if len(explanations) == 1 else explanations


def _refused(why: str) -> str:
    return f"A call could not be explained: {why}."
