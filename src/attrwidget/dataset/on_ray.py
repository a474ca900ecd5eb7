"""Drive workers by Ray Data: an actor each, on this machine or on a cluster."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.dataset.worker import Worker

_TRIES = 3  # of a shard whose actor dies
_DIED = (
    "Ray gave up ({}), perhaps as the process of a shard ended again and again for want of memory: take fewer "
    "workers=, or a smaller shard_size= in another folder. What is finished stays."
)


def run_on_ray(folder: Path, shards: Sequence[int], workers: int, done: Callable[[int], None]) -> None:
    """Explain *shards* of *folder* by some *workers*, and call *done* with each when its file is there.

    A Ray that runs already, or that ``RAY_ADDRESS`` names, is used; else one starts here, which reaches no other
    machine, and ends with the run. Where Ray has GPUs, each worker takes one.

    Raises:
        AttrWidgetError: The model cannot be loaded, or a shard's workers died. What is finished stays.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    own = not ray.is_initialized()
    if own:
        here = {} if "RAY_ADDRESS" in os.environ else _here(workers)
        ray.init(log_to_driver=False, logging_level="ERROR", **here)
    try:
        _run(folder.resolve(), shards, workers, done)
    except ray.exceptions.RayError as error:
        raise AttrWidgetError(_DIED.format(type(error).__name__)) from error
    finally:
        if own:
            ray.shutdown()


def _here(workers: int) -> dict[str, Any]:
    """Return the options of a Ray on this machine alone."""
    return {
        "address": "local",
        "num_cpus": max(workers, os.cpu_count() or 1),
        "include_dashboard": False,
        "_node_ip_address": "127.0.0.2",  # Ray takes 127.0.0.1 for the address of the network
    }


def _run(folder: Path, shards: Sequence[int], workers: int, done: Callable[[int], None]) -> None:
    import ray
    import ray.data

    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    gpus = int(ray.cluster_resources().get("GPU", 0))
    count = min(workers, len(shards), gpus or workers)
    items = ray.data.from_items([{"shard": shard} for shard in shards], override_num_blocks=len(shards))
    found = items.map_batches(
        _Actor,
        fn_constructor_args=(str(folder), max(1, (os.cpu_count() or 1) // workers)),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=count),
        num_cpus=1,
        num_gpus=1 if gpus else 0,
        ray_remote_args_fn=lambda: {"max_task_retries": _TRIES - 1},
    )
    for row in found.iter_rows():
        if row["error"]:
            raise AttrWidgetError(row["error"])
        done(int(row["shard"]))


class _Actor:
    """Explains the shards of a folder whose numbers Ray gives it; an error that is a sentence is passed on."""

    def __init__(self, folder: str, threads: int) -> None:
        import torch

        from attrwidget.dataset.worker import Worker, failure

        # Ray's own number of threads is another than that of local workers, and sums depend on it in their last bit.
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or threads))
        self._folder, self._make, self._sentence = Path(folder), Worker, failure
        self._worker: Worker | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        error = ""
        try:
            worker = self._worker = self._worker or self._make(self._folder)
            for shard in batch["shard"]:
                worker.explain(int(shard))
        except Exception as raised:  # noqa: BLE001 - it is raised where the run was started
            error = self._sentence(raised)
        return {"shard": batch["shard"], "error": [error] * len(batch["shard"])}
