"""The command `attrwidget`: explain a prompt in the terminal, or serve the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from attrwidget.apps.dataset_command import dataset
from attrwidget.apps.serve_command import serve
from attrwidget.apps.served import CHARACTERS, MEMORY, NEW_TOKENS, PLACES, Served, served_at
from attrwidget.bundled import NAMES
from attrwidget.errors import AttrWidgetError
from attrwidget.version import __version__

METHODS = (
    "How tokens are scored: saliency, input_x_gradient, attention, leave_one_out, or another that "
    "'attrwidget methods' lists."
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"attrwidget {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Show which words of the prompt carried a language model's answer."""


@app.command(context_settings={"allow_extra_args": True})
def explain(  # noqa: PLR0917 - typer gives each its own name
    ctx: typer.Context,
    prompt: Annotated[
        str, typer.Argument(help="The text, in quotes, that the model goes on with, translates, judges …")
    ],
    model: Annotated[
        str, typer.Option(help=f"A bundled model ({', '.join(NAMES)}), a Hugging Face name, or a folder.")
    ] = "demo",
    new_tokens: Annotated[int | None, typer.Option(help="How many tokens to generate, at most.")] = None,
    method: Annotated[str | None, typer.Option(help=METHODS)] = None,
    context: Annotated[
        str | None, typer.Option(help="For question answering: the text in which the answer stands.")
    ] = None,
    chat: Annotated[
        bool | None,
        typer.Option(
            help="Give PROMPT as a chat message, which the model answers, or as a bare text, which it goes on with. "
            "By default, chat with a model that was trained on chats."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Also write this interactive offline page.")] = None,
) -> None:
    """Run a model on PROMPT, and print how much each input token counted for its answer."""
    if ctx.args:
        raise AttrWidgetError(
            f"One text is taken, but {ctx.args[0]!r} came after it: put a text of several words in quotes, as in "
            'attrwidget explain "The capital of Japan is"'
        )
    if html is not None and not html.absolute().parent.is_dir():
        raise AttrWidgetError(f"{str(html)!r} cannot be written: there is no folder {str(html.parent)!r}.")
    if model.startswith("demo") or Path(model).is_dir():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # there is nothing to download

    from rich.console import Console

    import attrwidget as aw
    from attrwidget.apps.forms import answer_of, explain_by_form, form_of, is_chat_wanted
    from attrwidget.still.console import table

    loaded = aw.load(model)
    chats = is_chat_wanted(loaded, wish=chat)
    form = form_of(loaded, chat=chats)
    if context is not None and not form.context:
        raise AttrWidgetError(f"{model!r} answers no questions out of a context: leave out --context.")
    if new_tokens is not None and not form.new_tokens:
        raise AttrWidgetError(f"{model!r} generates no tokens: leave out --new-tokens.")
    count = form.new_tokens if new_tokens is None else new_tokens
    explanation = explain_by_form(loaded, prompt, context=context, count=count, chat=chats)
    console = Console()
    if chats:
        console.print(f"Answer: {answer_of(explanation)}", highlight=False, markup=False)
    console.print(table(explanation.reading, method))
    if html is not None:
        explanation.to_html(html)
        console.print(f"Written: {html} (open it in a browser)", highlight=False, markup=False)


@app.command()
def methods() -> None:
    """List the methods that score tokens: their names, formulas, costs, and what they need of a model."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    import attrwidget as aw

    console = Console()
    for name, method in aw.list_methods().iterrows():
        facts = Table.grid(padding=(0, 2, 0, 0))
        for what, fact in method.items():
            if fact != "":
                facts.add_row(Text(what, "dim"), Text({True: "yes", False: "no"}.get(fact, fact)))
        console.print(Text(name, "bold"), Padding(facts, (0, 0, 0, 2)))


app.command()(dataset)
app.command()(serve)


@app.command(name="app")
def serve_app(
    name: Annotated[
        str,
        typer.Argument(
            help="explore: one model, and why it answered so. compare: two models side by side. "
            "course: the two notebooks of the course."
        ),
    ] = "explore",
    port: Annotated[int, typer.Option(help="The port to serve on.", min=1, max=65535)] = 8866,
    *,
    browser: Annotated[bool, typer.Option(help="Open a browser, where there is a screen.")] = True,
    theme: Annotated[
        str, typer.Option(help="light or dark; ?theme=dark in the address overrides.")
    ] = "light",
    chat: Annotated[
        bool | None,
        typer.Option(
            help="Begin with texts given as chat messages, or as bare texts; visitors can switch. By default, chat "
            "with models that were trained on chats."
        ),
    ] = None,
    models: Annotated[
        list[str] | None,
        typer.Option(
            help="A Hugging Face name or folder that visitors may choose too; may be given several times."
        ),
    ] = None,
    model_url: Annotated[
        list[str] | None,
        typer.Option(
            help="The address of an 'attrwidget serve', whose model visitors choose instead; may be repeated. "
            "Their own Pythons then hold no model. ATTRWIDGET_TOKEN is the token."
        ),
    ] = None,
    allow_hub: Annotated[
        bool, typer.Option("--allow-hub", help="Let visitors name any model of the Hugging Face hub.")
    ] = False,
    max_characters: Annotated[
        int, typer.Option(help="The longest text that a visitor may enter, with its context.", min=1)
    ] = CHARACTERS,
    max_new_tokens: Annotated[
        int, typer.Option(help="How many tokens a visitor may have generated at a time.", min=1)
    ] = NEW_TOKENS,
    max_memory: Annotated[
        int, typer.Option(help="How much memory each visitor may take, in MB; on Linux.", min=100)
    ] = MEMORY,
    places: Annotated[
        int, typer.Option(help="How many visitors may use the app at the same time.", min=1)
    ] = PLACES,
    hostname: Annotated[
        list[str] | None,
        typer.Option(help="A name under which visitors reach the app, such as that of a proxy before it."),
    ] = None,
) -> None:
    """Serve a Voilà app on this machine, until Ctrl-C; visitors choose among the bundled models."""
    from attrwidget.apps.server import run

    if model_url and (models or allow_hub):
        raise AttrWidgetError(
            "With --model-url, visitors choose among the models of servers alone: leave out --models and --allow-hub."
        )
    allowed = Served(
        chat=chat,
        served=served_at(model_url or ()),
        models=tuple(models or ()),
        allow_hub=allow_hub,
        characters=max_characters,
        new_tokens=max_new_tokens,
        memory=max_memory,
    )
    run(
        name,
        port=port,
        browser=browser,
        theme=theme,
        places=places,
        hostnames=hostname or (),
        allowed=allowed,
    )


def main() -> None:
    """Run the command line; a mistake of the user is one sentence and exit code 2."""
    try:
        app()
    except AttrWidgetError as error:
        print(error, file=sys.stderr)  # noqa: T201 - plain text: rich would read markup in a file name
        sys.exit(2)


if __name__ == "__main__":
    main()
