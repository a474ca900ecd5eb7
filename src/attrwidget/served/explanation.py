"""``ServedExplanation``: the calls of an ``Explanation``, answered by the server that holds the model."""

from __future__ import annotations

import functools
import inspect
import warnings
from typing import TYPE_CHECKING, Any, NoReturn, cast

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.presentation import Presentation
from attrwidget.served.files import fetch_file
from attrwidget.served.reading import ask_reading
from attrwidget.wire.calls import BY_HISTORY, CALLS, FILES, NOT_SENT
from attrwidget.wire.plain import to_plain
from attrwidget.wire.recipe import STEPS
from attrwidget.wire.values import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.page.served import ServedReading
    from attrwidget.progress import Progress
    from attrwidget.wire.recipe import Recipe
    from attrwidget.wire.transport import ServedServer


class ServedExplanation(Explanation):
    """Why a served model gave its answer; made by the ``explain`` of what ``attrwidget.connect`` returns.

    It has the calls of an ``Explanation``, with the same arguments, results and errors. What needs the model itself in
    this process, such as ``trace``, is refused with AttrWidgetError.

    Example:
        >>> model = aw.connect("http://localhost:8900")
        >>> model.explain("The capital of Japan is").scores("saliency")
    """

    def __init__(self, server: ServedServer, recipe: Recipe, reading: ServedReading) -> None:
        Presentation.__init__(self, reading)
        self._server, self._recipe = server, recipe
        self._at_hand: set[str] = set()

    @classmethod
    def asked(
        cls, server: ServedServer, recipe: Recipe, progress: Progress | None = None
    ) -> ServedExplanation:
        """Return the explanation that *server* makes by *recipe*."""
        return cls(server, recipe, ask_reading(server, recipe, progress))

    @property
    def trace(self) -> NoReturn:
        """Raise AttrWidgetError: the forward pass is on the server."""
        self._refuse("trace")

    def ask(self, call: str, given: Mapping[str, Any], progress: Progress | None = None) -> Any:
        """Return what the server answers to a call.

        Args:
            call: A name of ``wire.calls``.
            given: Its arguments by name.
            progress: Called with ``(done, total)``; an exception raised in it gives the request up.

        Raises:
            AttrWidgetError: An argument is bad, or the server does not answer.
        """
        arguments = {name: to_plain(value, f"{name}=") for name, value in given.items()}
        body: dict[str, Any] = {"recipe": self._recipe.as_json(), "call": call, "arguments": arguments}
        if call in BY_HISTORY:
            body["at_hand"] = sorted(self._at_hand)
        if call in FILES:
            body["shown"] = self._shown_state()
        cast("ServedReading", self.reading).forget_content()
        answer, arrays = self._server.post("/v1/call", body, progress)
        for sentence in answer["warned"]:
            warnings.warn(sentence, stacklevel=3)
        if call == "scores":
            self._at_hand.add(str(given.get("method") or self.methods()[0].name))
        return decode(answer["result"], arrays)

    def go_on(
        self, call: str, given: Mapping[str, Any], progress: Progress | None = None
    ) -> ServedExplanation:
        """Return the explanation that a call of ``wire.recipe.STEPS`` makes of this one."""
        arguments = {name: to_plain(value, f"{name}=") for name, value in given.items()}
        other = self.asked(self._server, self._recipe.after(call, arguments), progress)
        if call == "edit":
            other.reading.before = self.reading  # to which the page goes back
        return other

    def _refuse(self, what: str) -> NoReturn:
        raise AttrWidgetError(
            f"{what} needs the model in this process, and it is on the server at {self._server.host}: load it here, as "
            f"in aw.load({self.model_name!r})."
        )


def _forwarded(name: str) -> Any:
    """Return the method *name* of ``Explanation`` as one that asks the server: with its signature and its help."""
    original = getattr(Explanation, name)
    signature = inspect.signature(original)

    @functools.wraps(original)
    def call(self: ServedExplanation, *args: Any, **options: Any) -> Any:
        given = signature.bind(self, *args, **options).arguments
        given |= given.pop("options", {})
        progress = given.get("progress")
        sent = {key: value for key, value in given.items() if key not in NOT_SENT}
        if name in STEPS:
            return self.go_on(name, sent, progress)
        if name in FILES:
            return fetch_file(self.ask, name, given.get("path"), sent, progress)
        return self.ask(name, sent, progress)

    return call


for _name in (*CALLS, *FILES, *STEPS):
    setattr(ServedExplanation, _name, _forwarded(_name))
