"""Record the user's own calls of a model and explain their results: ``capture``."""

from __future__ import annotations

import threading
import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from attrwidget.errors import AttrWidgetError
from attrwidget.explanations import Explanations
from attrwidget.hf.call_listener import listening_to
from attrwidget.hf.call_record import Call, Generated, record_forward, record_generate
from attrwidget.hf.exclusive_use import weights_state
from attrwidget.kinds.model import Model
from attrwidget.load_model import load
from attrwidget.text.prompt import Chat, is_chats, is_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.explanation import Explanation
    from attrwidget.text.prompt import Message

_NOTHING = "Nothing was captured: call {}, of the model given to capture, inside the with block."

_CHANGED = "The answer was chosen from changed probabilities ({}); those shown are the model's own."


def capture(
    model: PreTrainedModel | Model,
    tokenizer: PreTrainedTokenizerBase | None = None,
    *,
    messages: Sequence[Message] | Sequence[Sequence[Message]] | None = None,
    **template_options: Any,
) -> Capture:
    """Record every call of the model's ``generate`` in a with block, to explain what it generated.

    Any call counts, also one that a pipeline makes: greedy, sampled, beams, batches, assisted. The call itself is not
    changed: the ids that it returned are run again, teacher-forced, when ``explanations`` is first read. For a model
    that does not generate, such as a classifier, calls of the model itself are recorded: ``model(**inputs)``. Calls of
    other model objects are not, and this one is left as it was when the block ends.

    Args:
        model: A Transformers model, or what ``load`` returned.
        tokenizer: The tokenizer of a Transformers model.
        messages: The chat that the prompt was made from, or a list of chats, one for each prompt of a batch. Without
            it, messages are found by the control tokens with which the chat template begins them.
        **template_options: The arguments of the chat template that the prompt was made with, such as ``tools=`` or
            ``enable_thinking=``.

    Returns:
        A context manager whose ``explanations`` hold one Explanation for each sequence.

    Raises:
        AttrWidgetError: The model cannot be explained, *messages* are not chat messages, or arguments of the chat
            template are given without them.

    Example:
        >>> with aw.capture(model, tokenizer) as captured:
        ...     model.generate(**tokenizer("The capital of Japan is", return_tensors="pt"))
        >>> captured.explanations[0]
    """
    loaded = model if isinstance(model, Model) else load(model, tokenizer)
    several = messages is not None and is_chats(messages)
    if messages is not None and not several and not is_messages(messages):
        raise AttrWidgetError(
            "messages must be chat messages like [{'role': 'user', 'content': 'Hello'}], or a list of such chats, not "
            f"{type(messages).__name__}: leave it out to have them found."
        )
    if template_options and messages is None:
        raise AttrWidgetError(
            f"{next(iter(template_options))}= is taken for an argument of the chat template, which needs the chat: "
            "give messages= too."
        )
    given: Any = messages if several else [] if messages is None else [messages]
    return Capture(loaded, [Chat(chat, template_options) for chat in given], several=several)


class Capture:
    """The calls recorded in a with block; made by ``capture``.

    As the last line of a notebook cell it shows their explanations.
    """

    def __init__(self, model: Model, chats: Sequence[Chat] = (), *, several: bool = False) -> None:
        self._model, self._chats, self._several = model, chats, several
        self._calls: list[Call] = []
        self._explained: dict[int, list[Explanation]] = {}
        self._watching = ExitStack()
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        self._watching.enter_context(listening_to(self._model.hf, self._listen))
        return self

    def __exit__(self, *_: object) -> None:
        self._watching.close()

    def __repr__(self) -> str:
        calls = len(self._calls)
        return f"Capture({self._model.name!r}, {calls} call{'' if calls == 1 else 's'})"

    @property
    def explanations(self) -> list[Explanation]:
        """The Explanation of each generated sequence, in the order of the calls; made when first read.

        Of beams these are the winning sequences. Probabilities are the model's own for the chosen tokens; a warning
        appears when sampling options or logits processors had changed the distribution that they were chosen from.

        Raises:
            AttrWidgetError: Nothing was captured, or no call with known token ids.
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
            known = [index for index, call in enumerate(self._calls) if call.refusal is None]
            return [explanation for index in known for explanation in self._explain(index)]

    def _listen(self, *args: Any, **kwargs: Any) -> Callable[[Any], None]:
        """Record a call that begins; return the function that takes its result."""
        hf = self._model.hf
        call = (record_generate if hf.can_generate() else record_forward)(hf, *args, **kwargs)

        def keep(result: Any) -> None:
            call.receive(result)
            with self._lock:
                self._calls.append(call)

        return keep

    def _explain(self, index: int) -> list[Explanation]:
        """Return the explanations of one call, made once."""
        if index not in self._explained:
            call = self._calls[index]
            if weights_state(self._model.hf) != call.weights:
                raise AttrWidgetError(
                    "The model's weights have changed since it was called: read explanations before you "
                    "train or replace them, or capture again."
                )
            explanations = self._model.explain_call(call, self._chats_of(call))
            if isinstance(call, Generated) and call.changes:
                for explanation in explanations:
                    explanation.warnings.append(_CHANGED.format(", ".join(call.changes)))
            self._explained[index] = explanations
        return self._explained[index]

    def _chats_of(self, call: Call) -> Sequence[Chat]:
        """Return the chat of each prompt of *call*: its own, or the only one that was given."""
        prompts = len(call.prompts or [()])
        if self._several and len(self._chats) != prompts:
            raise AttrWidgetError(
                f"messages= is a list of {len(self._chats)} chats, and a call had {prompts} "
                f"prompt{'s' if prompts > 1 else ''}: give one chat for each prompt."
            )
        return self._chats if self._several else list(self._chats) * prompts

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return what Jupyter shows: one widget, or a tab for each sequence."""
        try:
            explanations = self.explanations
        except AttrWidgetError as error:
            return {"text/plain": str(error)}
        return Explanations(explanations)._repr_mimebundle_(**options)

    def _display_(self) -> Any:
        """Return what marimo shows."""
        try:
            explanations = self.explanations
        except AttrWidgetError as error:
            return str(error)
        return Explanations(explanations)._display_()


def _refused(why: str) -> str:
    return f"A call could not be explained: {why}."
