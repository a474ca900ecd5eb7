"""The routes of the Python client: explain a text, call a method of an explanation."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from attrwidget.serve.allowed import check_names
from attrwidget.serve.make import read_call
from attrwidget.version import __version__
from attrwidget.wire.recipe import read_recipe

if TYPE_CHECKING:
    from attrwidget.kinds.model import Model
    from attrwidget.serve.requests import Serving


def routes(serving: Serving, model: Model) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")

    @router.get("/health")
    async def health() -> dict[str, Any]:
        return {"attrwidget": __version__, "waiting": len(serving.queue)}

    @router.get("/model")
    async def facts(request: Request) -> dict[str, Any]:
        serving.require_token(request)
        parameters = inspect.signature(model.explain).parameters
        return {
            "name": model.name,
            "task": model.task,
            "is_chat_model": model.is_chat_model,
            "has_chat_template": bool(getattr(model.tokenizer, "chat_template", None)),
            "parameters": [name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD],
        }

    @router.post("/explain")
    async def explain(request: Request) -> Response:
        body = await serving.body(request)
        recipe = read_recipe(body.get("recipe"))
        return await serving.answered(
            request,
            lambda progress: serving.maker.explain(recipe, progress),
            recipe=recipe,
            count=body.get("count") is True,
        )

    @router.post("/call")
    async def call(request: Request) -> Response:
        body = await serving.body(request)
        recipe, name, given = read_recipe(body.get("recipe")), str(body.get("call")), body.get("arguments")
        read_call(name, given)  # raises before anything waits
        at_hand = check_names(body.get("at_hand", []))
        return await serving.answered(
            request,
            lambda progress: serving.maker.call(
                recipe, name, given, progress, at_hand=at_hand, shown=body.get("shown")
            ),
            recipe=recipe,
            count=body.get("count") is True,
        )

    return router
