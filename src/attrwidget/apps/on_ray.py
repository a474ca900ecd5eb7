"""The server of a model under Ray Serve: replicas with a model of their own, one for each GPU.

    pip install "attrwidget[serve]" "ray[serve]"
    ATTRWIDGET_MODEL=openai-community/gpt2 ATTRWIDGET_REPLICAS=2 serve run attrwidget.apps.on_ray:app

A request carries all that an explanation is made by, so any replica answers it; each keeps what it made. The variables
are read where ``serve run`` is called: ``ATTRWIDGET_MODEL``; ``ATTRWIDGET_REPLICAS`` (1); ``ATTRWIDGET_GPUS`` of each
replica (0), which its model is spread over; ``ATTRWIDGET_TOKEN``, which Ray's proxy needs wherever others reach it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ray import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI


def builder(model: str, device: str | None, token: str | None) -> Callable[[], FastAPI]:
    """Return a function that loads the model and returns its server; it is called in a replica."""

    def build() -> FastAPI:
        import attrwidget as aw
        from attrwidget.serve.app import make_app

        loaded = aw.load(model, device=device)
        loaded.capabilities  # noqa: B018 - tries the model now, and not before the first visitor
        return make_app(loaded, token=token)

    return build


class Served:
    """A replica."""


gpus = float(os.environ.get("ATTRWIDGET_GPUS", "0"))
made = builder(
    os.environ.get("ATTRWIDGET_MODEL", "demo"),
    "auto" if gpus else None,
    os.environ.get("ATTRWIDGET_TOKEN"),
)
deployment = serve.deployment(
    serve.ingress(made)(Served),
    num_replicas=int(os.environ.get("ATTRWIDGET_REPLICAS", "1")),
    max_ongoing_requests=200,
    ray_actor_options={"num_gpus": gpus},
)
app = deployment.bind()
