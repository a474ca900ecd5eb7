"""What all tests share: no network, one thread, long waits, and tiny models saved as folders."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["HF_HUB_OFFLINE"] = "1"  # before huggingface_hub is imported: no test asks the network
os.environ.setdefault("OMP_NUM_THREADS", "1")  # of the processes that tests start, too

import hypothesis
import pytest
import torch
from helpers import encoders
from helpers.tiny import ARCHITECTURES, build, byte_tokenizer, save
from helpers.tiny_seq2seq import SEQ2SEQ
from helpers.waiting import PATIENCE

import attrwidget as aw
from attrwidget.kinds import model
from attrwidget.methods import integrated_gradients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The same examples everywhere, however slow the machine.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


# `make test-fast` tries one model of each kind; other architectures are slow by their name in a test's parameters,
# and what tests the whole product or the bundled models is slow by its folder.
COMMON = {"gpt2", "bert", "t5"}
SLOW_FOLDERS = (Path(__file__).parent / "system", Path(__file__).parent / "demo")
OTHERS = {*ARCHITECTURES, *SEQ2SEQ, *encoders.ARCHITECTURES, *encoders.ENCODER_DECODERS} - COMMON


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in SLOW_FOLDERS):
            item.add_marker(pytest.mark.slow)
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            values = item.callspec.params.values()
            if OTHERS & {value for value in values if isinstance(value, str)}:
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Collect garbage rarely, and never what is imported: looking through all of it takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _few_threads() -> Iterator[None]:
    """Compute with one thread, or with ATTRWIDGET_TEST_THREADS of them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(int(os.environ.get("ATTRWIDGET_TEST_THREADS", "1")))
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def demo() -> Any:
    return aw.load("demo")


@pytest.fixture(scope="module")
def demo_address(demo: Any) -> Iterator[str]:
    """Where a server of this process holds the model ``demo``."""
    from helpers.model_server import model_server

    with model_server(demo) as found:
        yield found


@pytest.fixture(scope="session", autouse=True)
def _patient_display() -> Iterator[None]:
    """Let a display wait for its scores, so that what it shows does not depend on the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("attrwidget.widget.widget._PATIENCE", PATIENCE)
        yield


@pytest.fixture(autouse=True)
def _each_model_is_tried() -> None:
    """Forget what was found out about architectures, so that each test tries its models."""
    model._remembered.clear()


@pytest.fixture(scope="session", autouse=True)
def _few_points() -> Iterator[None]:
    """Let integrated gradients stop after 20 points: the tests of refining set more themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrated_gradients, "_DOUBLED", integrated_gradients._DOUBLED[:2])
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give a folder with a model of an architecture and a byte-level tokenizer, saved once."""
    made: dict[str, str] = {}

    def get(name: str) -> str:
        if name not in made:
            made[name] = save(build(name), tmp_path_factory.mktemp(name))
        return made[name]

    return get


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return byte_tokenizer()
