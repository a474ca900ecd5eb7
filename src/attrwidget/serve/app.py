"""The server of a model as an ASGI application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.files import public_name
from attrwidget.limits import Limits
from attrwidget.serve.cache import Cache
from attrwidget.serve.corpus import Texts
from attrwidget.serve.limits import ServeLimits
from attrwidget.serve.make import Maker
from attrwidget.serve.page import Pages
from attrwidget.serve.queue import Queue
from attrwidget.serve.requests import Serving, refusal
from attrwidget.serve.routes import routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from attrwidget.kinds.model import Model


def make_app(model: Model, *, token: str | None = None, limits: ServeLimits | None = None) -> FastAPI:
    """Return the application that serves *model*.

    Args:
        model: What ``attrwidget.load`` returned; from now on this application alone uses it. Clients see no path:
            a model from a folder is called by the folder's last part.
        token: What clients must know; None lets everybody in.
        limits: What is allowed.

    Returns:
        The application; uvicorn, or any other ASGI server, runs it in one process.

    Example:
        >>> app = make_app(aw.load("demo"))
    """
    limits = limits or ServeLimits()
    model.rename(public_name(model.name))
    maker = Maker(model, Cache(limits.kept), Limits(limits.characters, limits.new_tokens))
    queue = Queue(limits.waiting, limits.waiting_each, limits.seconds, maker.together.explain)
    serving = Serving(maker, queue, limits, token)
    pages = Pages(serving)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pages.open()
        yield
        queue.close()
        pages.close()

    # Its pages of documentation load scripts from elsewhere.
    app = FastAPI(title="attrwidget", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_exception_handler(AttrWidgetError, refusal)
    app.add_exception_handler(Cancelled, refusal)
    app.include_router(routes(serving, model))
    app.include_router(pages.router())
    app.include_router(Texts(model, serving).router())
    return app
