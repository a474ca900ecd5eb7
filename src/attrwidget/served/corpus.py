"""``ServedReader``: a corpus of this process, whose texts are put through a model on a server."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.corpora.read_text import ReadText, States, without_text
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.corpora.read_text import Attention
    from attrwidget.corpora.texts import AnnotatedText
    from attrwidget.wire.transport import ServedServer


class ServedReader:
    """Reads texts by a model on a server: the counterpart of ``Reader``. A text travels as any other request does.

    Args:
        server: The server.
    """

    def __init__(self, server: ServedServer) -> None:
        self._server = server

    @cached_property
    def _about(self) -> dict[str, Any]:
        return self._ask("about")[0]

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self._about["name"])

    @property
    def n_layers(self) -> int:
        """How many layers read a text."""
        return int(self._about["layers"])

    @property
    def has_heads(self) -> bool:
        """Whether the outputs of heads are known."""
        return bool(self._about["has_heads"])

    @property
    def mask_id(self) -> int | None:
        """The token that stands for a word that is hidden."""
        found: int | None = self._about["mask"]
        return found

    def fingerprint(self) -> str:
        """Return a text that another model, or the same after training, has not."""
        return str(self._about["fingerprint"])

    def token_name(self, token: int) -> str:
        """Return the name of a control token."""
        return str(self._about["control"].get(str(token), token))

    def encode(self, given: AnnotatedText) -> ReadText:
        """Return *given* as tokens; see ``Reader.encode``."""
        if not given.text.strip():
            raise AttrWidgetError(f"A text of the corpus is empty ({short(given.text)}): leave it out.")
        found, _ = self._ask("encode", text=given.text)
        spans = [(start, end) for start, end in found["spans"]]
        return ReadText(given.text, found["ids"], found["types"], spans, list(given.words), given.labels)

    def ids_only(self, ids: Sequence[int], types: Sequence[int] | None) -> ReadText:
        """Return tokens whose text is not needed."""
        return without_text(ids, types, {int(token) for token in self._about["control"]})

    def read(self, text: ReadText, layers: Collection[int]) -> States:
        """Return what *layers* give out at each token of *text*."""
        _, arrays = self._ask("read", ids=text.ids, types=text.types, layers=list(layers))
        found = States({}, {})
        for name, values in arrays.items():
            kind, layer = name.split("/")
            (found.states if kind == "states" else found.heads)[int(layer)] = values
        return found

    def attention(self, text: ReadText, layer: int) -> Attention | None:  # noqa: ARG002
        """Return what tells which tokens of *text* a token reads; None where that is not known."""
        if not self.has_heads:
            return None

        def weights(layer: int, heads: Sequence[int] | None, token: int) -> NDArray[Any]:
            asked = {"ids": text.ids, "types": text.types, "layer": layer, "token": token}
            return self._ask("attention", heads=None if heads is None else list(heads), **asked)[1]["row"]

        return weights

    def _ask(self, op: str, **args: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return self._server.post("/v1/corpus", {"op": op, **args})
