"""What is searched for: a token of a text, or of an Explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import check_step, is_whole, short
from attrwidget.corpora.texts import plain_text
from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.page.first_word import first_word
from attrwidget.page.served import ServedReading
from attrwidget.presentation import held_steps

if TYPE_CHECKING:
    from attrwidget.corpora.read_text import ReadText
    from attrwidget.corpora.reader import Reader
    from attrwidget.engine.trace import Trace
    from attrwidget.results.base import Reading
    from attrwidget.results.live import LiveReading


class Query(NamedTuple):
    """A token of a text that the model reads, and its name for a person."""

    text: ReadText
    token: int
    name: str


def query_of(reader: Reader, what: Any, token: int | str | None) -> Query:
    """Return the query for *token* of *what*, a text or an Explanation; see ``Corpus.similar``."""
    if isinstance(what, Explanation):
        if token is None:
            steps = held_steps(what) or first_word(what.reading) or [0]
            return query_of_step(reader, what.reading, steps[-1])
        return query_of_token(reader, what.reading, token)
    if not isinstance(what, str):
        raise AttrWidgetError(f"Search for a token of a text or of an Explanation, not of {short(what)}.")
    text = reader.encode(plain_text(what))
    if token is None:
        raise AttrWidgetError("Name the token to search for: its index, or a word of the text.")
    names = [_name(reader, text, at) for at in range(len(text.ids))]
    words = {
        at: what[slice(*text.words[word])] for at in text.tokens() if (word := text.word_of(at)) is not None
    }
    last = {text.word_of(at): at for at in text.tokens()}
    whole = [at for at, word in words.items() if word == token and last[text.word_of(at)] == at]
    return Query(text, at := _found(token, names, whole), names[at])


def query_of_step(reader: Reader, reading: LiveReading | ServedReading, step: Any) -> Query:
    """Return the query for the place at which a *step* is read."""
    step = check_step(step, reading.n_steps)
    if isinstance(reading, ServedReading):
        return _placed(reader, reading, {"step": step})
    trace = reading.trace
    if reading.n_source or not (trace.writes_text or reading.places or trace.output_kind == "none"):
        name = reading.tokens.labels[reading.first_step + step].strip()
        where = "source" if reading.n_source else "text"
        raise AttrWidgetError(
            f"{trace.model.name} reads no single word for “{name}”: choose a word of the {where}."
        )
    at = reading.places[step] if reading.places else trace.position(step)
    return query_of_token(reader, reading, at)


def require_same_model(reader: Reader, reading: LiveReading | ServedReading) -> None:
    """Raise AttrWidgetError if *reading* is of another model than *reader*'s."""
    if isinstance(reading, ServedReading):
        known = reading.server.place({})["fingerprint"]
    else:
        from attrwidget.corpora.reader import fingerprint

        known = fingerprint(reading.trace.model)
    _require_same(reader, reading, known)


def _require_same(reader: Reader, reading: Reading, known: str) -> None:
    if known != reader.fingerprint():
        raise AttrWidgetError(
            f"The explanation is of {reading.model_name}, and the corpus was read by {reader.name} or by other "
            "weights: explain the text by the model that read the corpus."
        )


def query_of_token(reader: Reader, reading: LiveReading | ServedReading, token: int | str) -> Query:
    """Return the query for a *token* of the text of *reading*, by index or as it is written."""
    if isinstance(reading, ServedReading):
        return _placed(reader, reading, {"token": token})
    require_same_model(reader, reading)
    ids, types = _ids(reading), _types(reading.trace)
    names = [reading.tokens.labels[at] for at in range(len(ids))]
    at = _found(token, names, [])
    return Query(reader.ids_only(ids, types), at, names[at])


def _placed(reader: Reader, reading: ServedReading, which: dict[str, Any]) -> Query:
    """Return the query for a step or a token of a served explanation, whose tokens the server knows."""
    found = reading.server.place(which)
    _require_same(reader, reading, found["fingerprint"])
    text = reader.ids_only(found["ids"], found["types"])
    return Query(text, found["token"], found["name"])


def _ids(reading: LiveReading) -> list[int]:
    """Return the tokens that the model reads: the source, or the text with what was written of it."""
    if reading.n_source:
        return reading.tokens.ids[: reading.n_source]
    return reading.tokens.ids if reading.trace.writes_text else reading.tokens.ids[: reading.n_inputs]


def _types(trace: Trace) -> list[int] | None:
    types = getattr(getattr(trace, "_text", None), "types", None)
    return None if types is None else [int(kind) for kind in types[0]]


def _name(reader: Reader, text: ReadText, at: int) -> str:
    start, end = text.spans[at]
    return text.text[start:end] if start < end else reader.token_name(text.ids[at])


def _found(token: Any, names: list[str], words: list[int]) -> int:
    """Return the index of the token that *token* names: by index, as a token, or as a word, known by its last token."""
    if is_whole(token):
        if not 0 <= token < len(names):
            raise AttrWidgetError(
                f"There is no token {token}: the text's tokens are indexed from 0 to {len(names) - 1}."
            )
        return int(token)
    if not isinstance(token, str):
        raise AttrWidgetError(f"A token is named by its index or as a word, not by {short(token)}.")
    found = sorted({*words, *(at for at, name in enumerate(names) if name == token.strip())})
    if len(found) == 1:
        return found[0]
    places = ", ".join(map(str, found))
    raise AttrWidgetError(
        f"{short(token)} stands {len(found)} times in the text: give the index of its token, one of {places}."
        if found
        else f"{short(token)} is no word of the text: its tokens are {short(' '.join(names))}."
    )
