"""``attrwidget.corpus``: read texts through a model into a folder."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from weakref import finalize

from attrwidget.checks import check_layer, check_list, is_whole, short
from attrwidget.corpora.annotations import annotated
from attrwidget.corpora.bundled import BUNDLED_CORPORA, bundled_corpus
from attrwidget.corpora.corpus import Corpus
from attrwidget.corpora.read_text import unit_heads, unit_states
from attrwidget.corpora.store import HEADS, STATES, About, Store
from attrwidget.errors import AttrWidgetError
from attrwidget.files import place_of
from attrwidget.kinds.model import Model
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.corpora.read_text import ReadText
    from attrwidget.corpora.reader import Reader
    from attrwidget.progress import Progress

_MANY = 6  # layers beyond which only some are kept
_SAVED_EVERY = 5.0  # seconds


def corpus(
    texts: Any = None,
    model: Any = None,
    *,
    layers: int | Sequence[int] | None = None,
    annotations: Any = None,
    to: str | Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return texts of your own in which the words that a model treats alike can be searched.

    Each text is run once. What the chosen layers, and each of their heads, give out at every token is kept on disk:
    4 bytes for each number, so that 10,000 tokens of a model of width 384 take 31 MB for a layer with its heads.

    Args:
        texts: A list of texts, such as sentences; spaCy's Docs; the path of a CoNLL-U file (``"dev.conllu"``);
            ``"demo"``, the annotated sentences that come with the package; or None to open the folder *to* as it is.
        model: A model that ``attrwidget.load`` returned. Of an encoder–decoder, the encoder reads the texts.
        layers: A layer from 0, or several; by default all of up to 6, else four spread over the model, the last among
            them.
        annotations: Labels of the words: a spaCy pipeline, a list of Docs, CoNLL-U, or for each text a dictionary such
            as ``{"words": ["a", "dog"], "pos": ["DET", "NOUN"]}``. Docs and CoNLL-U bring their own.
        to: The folder to keep it in. A folder that was half finished goes on where it stopped, and more texts may be
            added at the end. By default it is kept while the corpus is used.
        progress: Called with ``(done, total)`` texts. An exception raised in it stops the work; what is finished is
            kept.

    Returns:
        The corpus.

    Raises:
        AttrWidgetError: A text is empty or too long, the annotations are of other texts, or the folder is of another
            model, of other texts or of other layers.

    Example:
        >>> corpus = aw.corpus("demo", aw.load("demo-masked"))
        >>> corpus.similar("The capital of Japan is Tokyo.", "Tokyo", layer=2)
    """
    if not isinstance(model, Model):
        raise AttrWidgetError(f"A corpus is read by a model that aw.load returned, not by {short(model)}.")
    reader = reader_of(model)
    if to is not None:
        return Corpus(reader, _filled(reader, place_of(to), texts, annotations, layers, progress))
    folder = Path(mkdtemp(prefix="attrwidget-corpus-"))
    try:
        made = Corpus(reader, _filled(reader, folder, texts, annotations, layers, progress))
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    finalize(made, rmtree, folder, ignore_errors=True)
    return made


def reader_of(model: Model) -> Reader:
    """Return what puts texts through *model*; of one on a server, its ``text_reader``."""
    elsewhere = getattr(model, "text_reader", None)
    if elsewhere is not None:
        found: Reader = elsewhere()
        return found
    from attrwidget.corpora.reader import Reader

    return Reader(model)


def _filled(  # noqa: PLR0917 - private, and called once just above
    reader: Reader,
    folder: Path,
    texts: Any,
    annotations: Any,
    layers: int | Sequence[int] | None,
    progress: Progress | None,
) -> Store:
    """Return the corpus in *folder* with all of *texts*."""
    store = Store.open(folder)
    if store is not None:
        _require_same(store, reader, layers)
    if texts is None and annotations is None:
        if store is None:
            raise AttrWidgetError(
                "No texts were given: give some, or as to= the folder of a finished corpus."
            )
        return store
    if isinstance(texts, str) and texts in BUNDLED_CORPORA:
        texts = bundled_corpus(texts)
    total = len(texts) if hasattr(texts, "__len__") and not isinstance(texts, str) else None
    sentences = annotated(texts, annotations)
    if isinstance(texts, str | Path):  # read whole
        known = list(sentences)
        sentences, total = iter(known), len(known)
    given = (reader.encode(one) for one in sentences)
    wanted = _layers(layers, reader.n_layers) if store is None else store.about.layers
    return _write(reader, given, store, folder=folder, layers=wanted, total=total, progress=progress)


def _write(
    reader: Reader,
    given: Iterator[ReadText],
    store: Store | None,
    *,
    folder: Path,
    layers: list[int],
    total: int | None,
    progress: Progress | None,
) -> Store:
    bar = progress_bar("Reading the corpus", "text") if progress is None else nullcontext(progress)
    if store is not None:
        _require_same_texts(store, given)
        store.begin()
    batch: list[ReadText] = []
    vectors: dict[tuple[str, int], list[Any]] = {}
    with bar as report:
        saved, done = time.monotonic(), store.about.texts if store else 0
        try:
            for text in given:
                found = reader.read(text, layers)
                kept = text.tokens()
                for layer in layers:
                    vectors.setdefault((STATES, layer), []).append(unit_states(found.states[layer], kept))
                    if reader.has_heads and found.heads:
                        vectors.setdefault((HEADS, layer), []).append(unit_heads(found.heads[layer], kept))
                batch.append(text)
                if store is None:
                    store = _new(folder, reader, layers, vectors, found.heads)
                    store.begin()
                done += 1
                if time.monotonic() - saved > _SAVED_EVERY:
                    store.add(batch, vectors)
                    batch, vectors, saved = [], {}, time.monotonic()
                report(done, max(done, total or done))
        finally:
            if batch and store is not None:
                store.add(batch, vectors)
    if store is None:
        raise AttrWidgetError("The list of texts is empty: give at least one.")
    return store


def _new(folder: Path, reader: Reader, layers: list[int], vectors: dict[Any, Any], heads: Any) -> Store:
    widths = {kind: rows[0].shape[1] for (kind, _), rows in vectors.items()}
    n_heads = next(iter(heads.values())).shape[1] if HEADS in widths else 0
    return Store.make(folder, About(reader.name, reader.fingerprint(), layers, widths, n_heads))


def _layers(layers: int | Sequence[int] | None, count: int) -> list[int]:
    if layers is None:
        if count <= _MANY:
            return list(range(count))
        return sorted({round(count * part / 4) - 1 for part in (1, 2, 3, 4)})
    given = [layers] if is_whole(layers) else check_list(layers, "Layers", "[0, 5]")
    found = sorted({check_layer(layer, count) for layer in given})
    if not found:
        raise AttrWidgetError("layers= is empty: name at least one.")
    return found


def _require_same(store: Store, reader: Reader, layers: int | Sequence[int] | None) -> None:
    about = store.about
    if about.fingerprint != reader.fingerprint():
        same = " as it was before its weights changed" if about.model == reader.name else ""
        raise AttrWidgetError(
            f"{store.folder} holds a corpus read by {about.model!r}{same}, not by {reader.name!r} as it is now: give "
            "that model, or another folder."
        )
    wanted = about.layers if layers is None else _layers(layers, reader.n_layers)
    if wanted != about.layers:
        raise AttrWidgetError(
            f"{store.folder} holds the layers {', '.join(map(str, about.layers))}, and {', '.join(map(str, wanted))} "
            "were asked for: leave out layers=, or give another folder."
        )


def _require_same_texts(store: Store, given: Iterator[ReadText]) -> None:
    """Take the texts that are finished from *given*."""
    for number, known in enumerate(store.texts):
        text = next(given, None)
        if text is None:
            raise AttrWidgetError(
                f"{store.folder} holds {len(store.texts)} texts, and {number} were given: give all of them, and new "
                "ones after them; or no texts, to open it as it is."
            )
        if (text.text, text.labels) != (known.text, known.labels):
            what = "text" if text.text != known.text else "annotation of a text"
            raise AttrWidgetError(
                f"{store.folder} holds another {what} at {number}, {short(known.text)}, than was given, "
                f"{short(text.text)}: give another folder."
            )
