"""The command ``attrwidget serve``: hold a model for clients in other processes."""

from __future__ import annotations

from typing import Annotated

import typer

from attrwidget.serve.limits import ServeLimits
from attrwidget.serve.run import require_free, require_safe, run

_USUAL = ServeLimits()


def serve(
    model: Annotated[str, typer.Argument(help="A bundled model, a Hugging Face name, or a folder.")],
    *,
    port: Annotated[int, typer.Option(help="The port to serve on.", min=1, max=65535)] = 8900,
    host: Annotated[
        str, typer.Option(help="The address to serve on; others than this machine need a token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            envvar="ATTRWIDGET_TOKEN", help="What clients must know.", show_envvar=True, show_default=False
        ),
    ] = None,
    device: Annotated[str | None, typer.Option(help="cuda, or auto to spread it over several. cpu.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16 or float16. As it was saved.")] = None,
    max_characters: Annotated[
        int, typer.Option(help="The longest text, with all that goes with it.", min=1)
    ] = _USUAL.characters,
    max_new_tokens: Annotated[
        int, typer.Option(help="The most tokens of an answer.", min=1)
    ] = _USUAL.new_tokens,
    max_body: Annotated[int, typer.Option(help="The largest request, in bytes.", min=1000)] = _USUAL.body,
    max_waiting: Annotated[int, typer.Option(help="How many requests wait in all.", min=1)] = _USUAL.waiting,
    max_waiting_each: Annotated[
        int, typer.Option(help="How many requests of one client wait.", min=1)
    ] = _USUAL.waiting_each,
    max_seconds: Annotated[
        float, typer.Option(help="How long one request may compute.", min=1)
    ] = _USUAL.seconds,
    max_kept: Annotated[
        int, typer.Option(help="How many explanations are kept; others are made again when asked for.", min=1)
    ] = _USUAL.kept,
) -> None:
    """Hold MODEL for other processes, until Ctrl-C: there, aw.connect("http://localhost:8900") is the model."""
    import attrwidget as aw

    require_safe(host, token)
    require_free(host, port)
    limits = ServeLimits(
        characters=max_characters,
        new_tokens=max_new_tokens,
        body=max_body,
        waiting=max_waiting,
        waiting_each=max_waiting_each,
        seconds=max_seconds,
        kept=max_kept,
    )
    loaded = aw.load(model, device=device, dtype=dtype)
    typer.echo(f"{loaded.name} is served at http://{host}:{port} until Ctrl-C.")
    run(loaded, host, port, token, limits)
