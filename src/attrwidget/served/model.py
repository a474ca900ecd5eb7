"""``ServedModel``: a model that ``attrwidget serve`` holds."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NoReturn

from attrwidget.errors import AttrWidgetError
from attrwidget.explanations import Explanations
from attrwidget.kinds.answers import each_output
from attrwidget.kinds.model import Model
from attrwidget.served.explanation import ServedExplanation
from attrwidget.text.prompt import is_batch, split_batch
from attrwidget.wire.plain import to_plain
from attrwidget.wire.recipe import Recipe

if TYPE_CHECKING:
    from attrwidget.progress import Progress
    from attrwidget.served.corpus import ServedReader
    from attrwidget.wire.transport import ServedServer

_FACTS = {"name", "task", "is_chat_model", "has_chat_template", "parameters"}
_OF_EACH = ("output", "text_pair", "context")  # for several texts, one for each or one for all
_NOT_HERE = "{} is with the model, on the server at {}: load the model here to use it, as in aw.load({!r})."


class ServedModel(Model):
    """A model that ``attrwidget serve`` holds; made by ``attrwidget.connect``.

    It explains texts as the model itself does, with the same arguments and the same numbers; neither torch nor
    Transformers is imported here.

    Example:
        >>> model = aw.connect("http://localhost:8900")
        >>> model.explain("The capital of Japan is", max_new_tokens=2).scores("saliency")
    """

    def __init__(self, server: ServedServer) -> None:
        self._server, self._facts = server, server.get("/v1/model")
        if not self._facts.keys() >= _FACTS:
            raise AttrWidgetError(
                f"The server at {server.host} is no attrwidget server, or of another version."
            )

    def __repr__(self) -> str:
        return f"ServedModel({self.name!r}, at {self._server.host!r})"

    @property
    def name(self) -> str:
        """The name that the server loaded it by."""
        return str(self._facts["name"])

    @property
    def task(self) -> str:
        """The kind of model, as Transformers' pipelines name it, such as ``"text-generation"``."""
        return str(self._facts["task"])

    @property
    def is_chat_model(self) -> bool:
        """Whether it was trained on chats, so that it answers chat messages better than a bare text."""
        return bool(self._facts["is_chat_model"])

    @property
    def has_chat_template(self) -> bool:
        """Whether it can be given chat messages."""
        return bool(self._facts["has_chat_template"])

    @property
    def hf(self) -> NoReturn:
        """Raise AttrWidgetError: the model is on the server."""
        self._refuse("The Transformers model")

    @property
    def tokenizer(self) -> NoReturn:
        """Raise AttrWidgetError: the tokenizer is on the server."""
        self._refuse("The tokenizer")

    @property
    def capabilities(self) -> NoReturn:
        """Raise AttrWidgetError: the server knows them."""
        self._refuse("What the model allows")

    def explain(self, text: Any, /, *args: Any, progress: Progress | None = None, **options: Any) -> Any:
        """Explain the output of the model for a text, with the arguments of the model itself.

        Args:
            text: A text, token ids, or for a causal model chat messages; several of them give a list.
            *args: A second text, for models that read two.
            progress: Called with ``(done, total)``; an exception raised in it gives the request up.
            **options: See ``explain`` of the kind of model: ``help(model.explain)`` of one that is loaded here.

        Returns:
            The explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is bad, or the server does not answer.
        """
        names = self._facts["parameters"]
        if len(args) >= len(names):
            raise TypeError(f"explain() takes up to {len(names)} texts, not {len(args) + 1}")
        placed = dict(zip(names[1:], args, strict=False))
        if twice := placed.keys() & options.keys():
            raise TypeError(f"explain() got multiple values for argument {min(twice)!r}")
        options |= placed
        if not is_batch(text):
            return self._explain_one(text, options, progress)
        texts = split_batch(text)
        each = {
            name: each_output(options[name], len(texts), "text", batch=True)
            for name in _OF_EACH
            if name in options
        }
        return Explanations(
            [
                self._explain_one(one, options | {name: given[i] for name, given in each.items()}, progress)
                for i, one in enumerate(texts)
            ]
        )

    def _explain_one(
        self, text: Any, options: dict[str, Any], progress: Progress | None
    ) -> ServedExplanation:
        given = {name: to_plain(value, f"{name}=") for name, value in options.items()}
        # The same recipe gives the same answer: what is drawn anew has a seed of its own.
        seed = secrets.randbits(52) if options.get("do_sample") else 0
        recipe = Recipe(self.name, to_plain(text, "The input"), given, seed=seed)
        return ServedExplanation.asked(self._server, recipe, progress)

    def text_reader(self) -> ServedReader:
        """Return what puts the texts of a corpus through the model; see ``attrwidget.corpus``."""
        from attrwidget.served.corpus import ServedReader

        return ServedReader(self._server)

    def explain_call(self, call: Any, chats: Any = ()) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: calls are recorded where the model is."""
        self._refuse("A recorded call")

    def _probe(self, progress: Progress) -> NoReturn:  # noqa: ARG002
        self._refuse("What the model allows")

    def _refuse(self, what: str) -> NoReturn:
        raise AttrWidgetError(_NOT_HERE.format(what, self._server.host, self.name))
