"""``explain_dataset``: explain the texts of a data set into a folder."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_list, is_whole, short
from attrwidget.dataset.collection import Collection
from attrwidget.dataset.local import run_locally
from attrwidget.dataset.manifest import TEXTS, Manifest, as_json, claim, digest_of, give_back, versions
from attrwidget.dataset.on_ray import run_on_ray
from attrwidget.dataset.texts import parquet_of, read_texts
from attrwidget.dataset.worker import missing_shards
from attrwidget.errors import AttrWidgetError
from attrwidget.files import place_of, write_whole
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from attrwidget.progress import Progress


_ENGINES = {"local": run_locally, "ray": run_on_ray}


def explain_dataset(
    model: str | Path,
    data: Any,
    *,
    to: str | os.PathLike[str],
    prompt: str = "prompt",
    output: str | None = None,
    label: str | None = None,
    methods: str | Sequence[str] = ("leave_one_out",),
    engine: str = "local",
    workers: int = 1,
    batch_size: int = 16,
    shard_size: int = 64,
    load: dict[str, Any] | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Collection:
    """Explain the texts of a data set, and write them into a folder, some at a time.

    Called again with the same arguments it goes on: what has a file is finished. Ctrl-C keeps what is finished. A text
    that cannot be explained becomes a row with its sentence.

    Args:
        model: ``"demo"`` and the other bundled ones, a name on the Hugging Face hub, or a folder: each worker loads it.
        data: A list of texts or dictionaries, a DataFrame, a Dataset of Hugging Face, or a file: Parquet, CSV, TSV,
            JSON, JSON lines, or a text a line.
        to: The folder.
        prompt: The column of the texts.
        output: The column of the answers to explain; by default the model writes or decides them.
        label: The column of the right answers, as the model writes its own, to filter by right and wrong.
        methods: Names of methods; words are searched by the first.
        engine: ``"local"``, processes on this machine, or ``"ray"``, Ray Data's actors, on a cluster if
            ``RAY_ADDRESS`` names one; its machines must see the folder and the model.
        workers: How many processes work at once, each with a model of its own.
        batch_size: How many texts are explained at once; 1 for one by one.
        shard_size: How many texts a file holds: what is lost at most, for each worker, when it is stopped.
        load: Options of ``attrwidget.load``, such as ``{"dtype": "bfloat16"}``.
        progress: Called with ``(texts done, texts)``; an exception raised in it stops the work.
        **options: Options of ``model.explain``, such as ``max_new_tokens``.

    Returns:
        The folder, opened.

    Raises:
        AttrWidgetError: The data, the model or a method cannot be read, or the folder holds other explanations.

    Example:
        >>> aw.explain_dataset("demo-sentiment", ["A great film.", "Not great."], to="scores")
    """
    if not isinstance(model, str | Path):
        raise AttrWidgetError(
            f"A data set is explained by the name or folder of a model, which each worker loads, not by {short(model)}."
        )
    _check(engine, workers=workers, batch_size=batch_size, shard_size=shard_size)
    texts = read_texts(data, prompt, output, label)
    names = [methods] if isinstance(methods, str) else check_list(methods, "Methods", "['leave_one_out']")
    _check_methods(names)
    if load is not None and not isinstance(load, dict):
        raise AttrWidgetError(f"load= is a dictionary such as {{'dtype': 'bfloat16'}}, not {short(load)}.")
    folder = place_of(to)
    how = Manifest(
        str(model),
        as_json(load or {}, "load="),
        list(dict.fromkeys(names)),
        {name: as_json(value, f"{name}=") for name, value in options.items()},
        shard_size,
        batch_size,
        len(texts.prompts),
        digest_of(texts),
        versions(),
    )
    made = claim(folder, how)
    try:
        if not (folder / TEXTS).is_file():
            write_whole(folder / TEXTS, parquet_of(texts))
        _run(folder, how, partial(_ENGINES[engine], workers=workers), progress)
    except AttrWidgetError:
        if made:
            give_back(folder)
        raise
    found = Collection(folder)
    if found.finished:
        _ = found.index  # is written now, so that the folder opens at once
    return found


def _run(folder: Path, how: Manifest, engine: Callable[..., None], progress: Progress | None) -> None:
    """Explain the shards that have no file yet."""
    missing = missing_shards(folder, how)
    done = how.count - sum(len(how.texts_of(shard)) for shard in missing)
    if not missing:
        return
    bar = progress_bar(f"Explaining {folder.name}", "text") if progress is None else nullcontext(progress)
    with bar as report:
        report(done, how.count)

        def add(shard: int) -> None:
            nonlocal done
            done += len(how.texts_of(shard))
            report(done, how.count)

        engine(folder, missing, done=add)


def _check(engine: str, **counts: int) -> None:
    if find_spec("pyarrow") is None:
        raise AttrWidgetError("Data sets are kept in Parquet files: pip install 'attrwidget[dataset]'.")
    if engine not in _ENGINES:
        raise AttrWidgetError(f"engine is one of {', '.join(map(repr, _ENGINES))}, not {engine!r}.")
    if engine == "ray" and find_spec("ray") is None:
        raise AttrWidgetError(
            "engine='ray' needs Ray: pip install 'attrwidget[ray]', or take engine='local'."
        )
    for name, value in counts.items():
        if not is_whole(value) or value < 1:
            raise AttrWidgetError(f"{name} is a whole number from 1, not {short(value)}.")


def _check_methods(names: Sequence[str]) -> None:
    from attrwidget.methods import get

    if not names:
        raise AttrWidgetError("methods= is empty: name at least one.")
    for name in names:
        get(name)
