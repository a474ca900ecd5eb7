"""The route of corpora: what the model makes of the words of a client's texts, none of which is kept here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Request, Response

from attrwidget.checks import check_choice, check_layer, check_list, is_whole, short
from attrwidget.corpora.query import query_of_step, query_of_token
from attrwidget.corpora.reader import Reader
from attrwidget.corpora.texts import AnnotatedText
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import require_length
from attrwidget.text.tokenizing import token_name
from attrwidget.text.tokens import control_ids
from attrwidget.wire.recipe import read_recipe

if TYPE_CHECKING:
    from attrwidget.corpora.read_text import ReadText
    from attrwidget.kinds.model import Model
    from attrwidget.progress import Progress
    from attrwidget.serve.make import Answer
    from attrwidget.serve.requests import Serving


class Texts:
    """Answers a ``ServedReader``.

    Args:
        model: The model.
        serving: What the routes answer with.
    """

    def __init__(self, model: Model, serving: Serving) -> None:
        self._model, self._serving = model, serving
        self._answers = {
            "about": self.about,
            "encode": self.encode,
            "read": self.read,
            "attention": self.attention,
            "place": self.place,
        }

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(prefix="/v1")

        @router.post("/corpus")
        async def corpus(request: Request) -> Response:
            body = await self._serving.body(request)
            answer = self._answers[check_choice(body.get("op"), "request of a corpus", tuple(self._answers))]

            def work(progress: Progress) -> Answer:
                with self._serving.maker.limits.applied():
                    return answer(body, progress)

            return await self._serving.answered(request, work)

        return router

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._model)

    def about(self, _body: dict[str, Any], _progress: Progress) -> Answer:
        """Return what a client needs to know of the model to read texts by it."""
        reader = self._reader
        tokenizer = reader.adapter.tokenizer
        control = {str(token): token_name(tokenizer, token) for token in sorted(control_ids(tokenizer))}
        return {
            "name": reader.name,
            "layers": reader.n_layers,
            "has_heads": reader.has_heads,
            "fingerprint": reader.fingerprint(),
            "mask": reader.mask_id,
            "control": control,
        }, {}

    def encode(self, body: dict[str, Any], _progress: Progress) -> Answer:
        """Return the tokens of a text."""
        text, most = body.get("text"), self._serving.limits.characters
        if not isinstance(text, str):
            raise AttrWidgetError(f"A text of a corpus is a text, not {short(text)}.")
        if len(text) > most:
            raise AttrWidgetError(
                f"A text of the corpus is too long for this server: it has {len(text):,} characters, and {most:,} are "
                "taken."
            )
        found = self._reader.encode(AnnotatedText(text, [], {}))
        return {"ids": found.ids, "types": found.types, "spans": [list(span) for span in found.spans]}, {}

    def read(self, body: dict[str, Any], _progress: Progress) -> Answer:
        """Return what layers and their heads give out at each token."""
        asked = check_list(body.get("layers"), "Layers", "[0, 5]")
        layers = sorted({check_layer(layer, self._reader.n_layers) for layer in asked})
        found = self._reader.read(self._text(body), layers)
        arrays = {f"states/{layer}": np.asarray(states) for layer, states in found.states.items()}
        return {}, arrays | {f"heads/{layer}": np.asarray(heads) for layer, heads in found.heads.items()}

    def attention(self, body: dict[str, Any], _progress: Progress) -> Answer:
        """Return which tokens a token reads, in the mean of some heads of a layer."""
        text, layer = self._text(body), check_layer(body.get("layer"), self._reader.n_layers)
        heads, token = body.get("heads"), body.get("token", -1)
        weights = self._reader.attention(text, layer)
        if weights is None:
            raise AttrWidgetError(f"The attention of {self._reader.name} cannot be listened to.")
        if heads is not None and not all(map(is_whole, check_list(heads, "Heads", "[0, 3]"))):
            raise AttrWidgetError(f"Heads are indices, not {short(heads)}.")
        if not is_whole(token) or not 0 <= token < len(text.ids):
            raise AttrWidgetError(f"There is no token {short(token)} in this text.")
        return {}, {"row": weights(layer, heads and sorted(set(heads)), int(token))}

    def place(self, body: dict[str, Any], progress: Progress) -> Answer:
        """Return the tokens that the model reads in an explanation, and the one that is searched for."""
        reading = self._serving.maker.explanation(read_recipe(body.get("recipe")), progress).reading
        step, token = body.get("step"), body.get("token")
        if step is None and token is None:
            return {"fingerprint": self._reader.fingerprint()}, {}
        reader = self._reader
        query = (
            query_of_step(reader, reading, step) if token is None else query_of_token(reader, reading, token)
        )
        text = query.text
        return {
            "fingerprint": self._reader.fingerprint(),
            "ids": text.ids,
            "types": text.types,
            "token": query.token,
            "name": query.name,
        }, {}

    def _text(self, body: dict[str, Any]) -> ReadText:
        """Return the tokens that a client sent."""
        ids, types = check_list(body.get("ids"), "Token ids", "[5, 7]"), body.get("types")
        adapter = self._reader.adapter
        most, longest = adapter.vocabulary, self._serving.limits.characters
        if len(ids) > longest:
            raise AttrWidgetError(f"{len(ids):,} tokens are too many for this server: it takes {longest:,}.")
        wrong = [token for token in ids if not is_whole(token) or not 0 <= token < most]
        if wrong or not ids:
            raise AttrWidgetError(
                f"Token ids are whole numbers from 0 to {most - 1:,}, not {short(wrong[0] if wrong else ids)}."
            )
        require_length("text", len(ids), self._reader.name, adapter.context)
        if types is not None and not (
            isinstance(types, list) and len(types) == len(ids) and all(kind in (0, 1) for kind in types)
        ):
            raise AttrWidgetError("The types of tokens are 0 or 1, one for each.")
        return self._reader.ids_only(ids, types)
