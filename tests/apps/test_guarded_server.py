"""The served app, asked as a stranger may ask it; without a browser."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from helpers import hosts
from helpers.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

pytestmark = pytest.mark.slow

PLACES = 3
SCRIPT = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with hosts.app(
        tmp_path_factory.mktemp("guarded"), "--places", str(PLACES), "--hostname", "class.example"
    ) as url:
        yield url


def ask(url: str, *, data: bytes | None = None, **headers: str) -> tuple[int, str, Message]:
    """Return status, text and headers of the answer."""
    try:
        answer = urlopen(Request(url, data, headers), timeout=PATIENCE)  # noqa: S310 - our own server
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status or 0, answer.read().decode(), answer.headers


def kernels() -> list[int]:
    """Return the processes that were forked for visitors of this test's server."""
    return [process.pid for process in hosts.forks()]


def end(app: str, page: str) -> None:
    """End the kernel of *page* as it does itself when it is closed: by a beacon, which has no token."""
    (kernel,) = set(re.findall(r'"kernelId": "([\w-]+)"', page))
    assert ask(f"{app}/voila/api/shutdown/{kernel}", data=b"")[0] == 204


def wait_for(count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(kernels()) != count:
        assert time.monotonic() < deadline, kernels()
        time.sleep(0.1)


def test_only_themes_that_there_are_reach_the_page_and_every_page_has_a_policy(app: str) -> None:
    for theme, used in ((SCRIPT, "light"), ("dark", "dark")):
        status, page, headers = ask(f"{app}/?theme={theme}")
        assert status == 200
        assert "alert(1)" not in page
        assert (
            f'data-jp-theme-name="JupyterLab {used.title()}"' in page
            or f'"jupyterLabTheme": "{used}"' in page
        )
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        end(app, page)
    wait_for(0)


def test_another_hosts_name_is_refused(app: str) -> None:
    assert ask(app, Host="evil.example")[0] == 403
    assert kernels() == []
    status, page, _ = ask(app, Host="class.example")
    assert status == 200
    end(app, page)
    wait_for(0)


def test_a_crowd_beyond_the_places_is_told_to_wait(app: str) -> None:
    with ThreadPoolExecutor(PLACES + 3) as threads:
        answers = list(threads.map(lambda _: ask(app), range(PLACES + 3)))
    assert sorted(status for status, _, _ in answers) == [200] * PLACES + [503] * 3
    for status, page, headers in answers:
        if status == 503:
            assert f"All {PLACES} places are taken. This page tries again every 10 seconds." in page
            assert headers["Retry-After"] == "10"
    assert len(kernels()) == PLACES
    memory = [psutil.Process(pid).memory_full_info().uss for pid in kernels()]
    assert max(memory) < 120e6  # what each further visitor costs
    for status, page, _ in answers:
        if status == 200:
            end(app, page)
    wait_for(0)
    status, page, _ = ask(app)
    assert status == 200
    end(app, page)
