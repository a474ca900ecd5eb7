"""Run a tokenizer's chat template, and mark the control tokens in what it writes."""

from __future__ import annotations

import builtins
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from attrwidget.errors import AttrWidgetError
from attrwidget.text.time_limit import time_limit
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

# Stand before and after a control token in marked text, so that no typed text looks like one.
MARK, END = "\0", "\1"
_PIECE = re.compile(f"{MARK}[^{END}]*{END}|\\s+|\\w+|.", re.DOTALL)
_ANY_CONTROL = re.compile(f"{MARK}[^{END}]*{END}")


_endless: WeakKeyDictionary[Any, str] = (
    WeakKeyDictionary()
)  # templates that did not end, or called themselves, by their tokenizer
_SECONDS = 10.0
_USUAL = {"messages", "documents", "add_generation_prompt", "raise_exception", "strftime_now", "namespace"}
_OTHER_WAY = "give the prompt as one text, or set another tokenizer.chat_template"
_MOST_CHARACTERS = 1_000_000  # besides the messages: templates write headers, tools and instructions


class EndlessTemplateError(AttrWidgetError):
    """A chat template did not end; Jinja's sandbox has no limit of time."""

    def __str__(self) -> str:
        return f"The tokenizer's chat template did not end within {_SECONDS:g} seconds and was stopped: {_OTHER_WAY}."


def run_template(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]], **options: Any
) -> str:
    """Return what the chat template writes for *messages*.

    A template that cannot go without a content is given an empty one, such as for a message that only calls a tool.
    """
    given = [dict(message) for message in messages]
    try:
        return _run(tokenizer, given, options)
    except Exception as error:
        contents = all(isinstance(message.get("content"), str | list) for message in given)
        if contents or isinstance(error, AttrWidgetError):
            raise
    filled = [{**message, "content": message.get("content") or ""} for message in given]
    return _run(tokenizer, filled, options)


def _run(
    tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, Any]], options: Mapping[str, Any]
) -> str:
    """Return what the chat template writes; raise AttrWidgetError when it does not end, or writes without end."""
    with time_limit(_SECONDS, EndlessTemplateError):
        text = str(tokenizer.apply_chat_template(messages, tokenize=False, **options))
    given = sum(len(repr(one)) for one in (messages, *options.values()))
    if len(text) > _MOST_CHARACTERS + given:
        raise AttrWidgetError(
            f"The tokenizer's chat template writes {len(text):,} characters for {given:,} that it was given: "
            f"{_OTHER_WAY}."
        )
    return text


def try_template(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], **options: Any) -> str | None:
    """Return what the chat template writes for *messages*, or None when it refuses them or has once not ended."""
    if _endless.get(tokenizer) == repr(tokenizer.chat_template):
        return None
    try:
        return run_template(tokenizer, messages, **options)
    except (EndlessTemplateError, RecursionError):  # each try would cost as much again
        _endless[tokenizer] = repr(tokenizer.chat_template)
        return None
    except Exception:  # noqa: BLE001 - the template is a program of the model's author and may raise anything
        return None


def variables(tokenizer: PreTrainedTokenizerBase) -> set[str] | None:
    """Return the names that the chat template reads, such as ``tools``; None for a template that cannot be parsed."""
    from jinja2 import Environment, TemplateError, meta

    found: set[str] = set()
    own = tokenizer.chat_template or ""
    for template in own.values() if isinstance(own, dict) else [own]:
        try:
            environment = Environment(extensions=["jinja2.ext.loopcontrols"])  # noqa: S701 - nothing is rendered
            # Transformers' own block for assistants' words is no jinja.
            source = re.sub(r"\{%-?\s*(end)?generation\s*-?%\}", "", template)
            found |= meta.find_undeclared_variables(environment.parse(source))
        except (TemplateError, TypeError, RecursionError):
            return None
    return found


def switches(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """Return the names that the chat template reads besides those that every template may, tools and documents."""
    names = variables(tokenizer) or set()
    return sorted(
        name
        for name in names - _USUAL
        if "tools" not in name and not name.endswith("_token") and not hasattr(builtins, name)
    )


def mark(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    """Return *text* with its control tokens marked."""
    either = control_pattern(tokenizer)
    return text if either is None else either.sub(lambda found: f"{MARK}{found[0]}{END}", text)


def control_pattern(tokenizer: PreTrainedTokenizerBase) -> re.Pattern[str] | None:
    """Return a regular expression for the tokenizer's control tokens, or None if it has none."""
    names = tuple(token.content for token in tokenizer.added_tokens_decoder.values())
    return _either(names) if names else None


@lru_cache(maxsize=8)
def _either(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def controls_in(marked: str) -> set[str]:
    """Return the names of the control tokens in a marked text."""
    return {found[0][len(MARK) : -len(END)] for found in _ANY_CONTROL.finditer(marked)}


def unmarked(marked: str) -> str:
    """Return a marked text without the marks."""
    return marked.replace(MARK, "").replace(END, "")


def marked_ids(
    tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], plain: Collection[int] = ()
) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of *ids* with control tokens marked, and for each unit where it starts and its first token.

    Control tokens at the positions *plain* are left unmarked, as if they were words.
    """
    text, starts = "", []
    known = tokenizer.added_tokens_decoder
    for unit in read_tokens(tokenizer, ids, len(ids)).units:
        starts.append((len(text), unit.start))
        control = known.get(ids[unit.start])
        text += f"{MARK}{control.content}{END}" if control and unit.start not in plain else unit.text
    return text, starts


def pieces(marked: str) -> list[str]:
    """Return the control tokens, words, spaces and other characters of a marked text."""
    return [found[0] for found in _PIECE.finditer(marked)]


def words(marked: str) -> str:
    """Return a marked text without control tokens and outer white space."""
    return _ANY_CONTROL.sub("", marked).strip()


def pattern(found: Sequence[str]) -> str:
    """Return a regular expression for *pieces*, to which a tokenizer may have added white space."""
    parts = [r"\s*" if piece.isspace() else re.escape(piece) for piece in found]
    joined = "".join(r"\s*" + part + r"\s*" if part.startswith(re.escape(MARK)) else part for part in parts)
    return re.sub(r"(\\s\*)+", lambda _: r"\s*", joined).removeprefix(r"\s*").removesuffix(r"\s*")
