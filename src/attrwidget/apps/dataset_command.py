"""The command ``attrwidget dataset``: explain the texts of a file into a folder."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated, Any

import typer


def dataset(  # noqa: PLR0917 - typer gives each its own name
    model: Annotated[str, typer.Argument(help="A bundled model, a Hugging Face name, or a folder.")],
    file: Annotated[
        Path, typer.Argument(help="Parquet, CSV, TSV, JSON, JSON lines, or a text a line (.txt).")
    ],
    to: Annotated[Path, typer.Option(help="The folder to write. Called again, the command goes on.")],
    prompt: Annotated[str, typer.Option(help="The column of the texts.")] = "prompt",
    output: Annotated[str | None, typer.Option(help="The column of the answers to explain.")] = None,
    label: Annotated[str | None, typer.Option(help="The column of the right answers.")] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(help="How tokens are scored; may be given several times. leave_one_out."),
    ] = None,
    new_tokens: Annotated[int | None, typer.Option(help="How many tokens to generate, at most.")] = None,
    engine: Annotated[str, typer.Option(help="Who runs the workers: local, or ray.")] = "local",
    batch: Annotated[int, typer.Option(help="How many texts are explained at once.", min=1)] = 16,
    workers: Annotated[int, typer.Option(help="How many processes work at once.", min=1)] = 1,
) -> None:
    """Explain every text of FILE, some at a time: Ctrl-C keeps what is finished."""
    import attrwidget as aw

    options: dict[str, Any] = {} if new_tokens is None else {"max_new_tokens": new_tokens}
    found = aw.explain_dataset(
        model,
        file,
        to=to,
        prompt=prompt,
        output=output,
        label=label,
        methods=tuple(method or ("leave_one_out",)),
        engine=engine,
        workers=workers,
        batch_size=batch,
        **options,
    )
    typer.echo(f"{len(found):,} texts are explained in {to}: aw.open({str(to)!r}) opens them.")
    if failed := len(found.failed()):
        typer.echo(f"{failed:,} of them could not be explained: the column error of their rows says why.")
