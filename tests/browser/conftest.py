"""A real Chromium, and the servers it visits."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers import hosts
from helpers.hosts import HOSTILE
from helpers.tiny import build, byte_tokenizer, save
from helpers.waiting import PATIENCE
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parents[2] / "test-results"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


MILLISECONDS = PATIENCE * 1000

expect.set_options(timeout=MILLISECONDS)


def find_chromium() -> str | None:
    """Return CHROMIUM, or the first browser on PATH, or None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    on_path = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next(filter(None, on_path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    setattr(item, f"report_{report.when}", report)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyters_page() -> list[Page]:
    """The page in which a test saw Jupyter, if it passed: to open JupyterLab takes seconds."""
    return []


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest, jupyters_page: list[Page]) -> Iterator[Page]:
    """A fresh page in a fresh profile, or that of Jupyter; a picture is kept in test-results/ when the test fails."""
    if "jupyter" in request.fixturenames:
        yield from page_of_jupyter(chromium, request.node, jupyters_page)
    else:
        yield from fresh_page(chromium, request.node)


@pytest.fixture
def other_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of another visitor."""
    yield from fresh_page(chromium, request.node, "-other")


def fresh_page(chromium: Browser, test: pytest.Item, name: str = "") -> Iterator[Page]:
    page = new_page(chromium)
    yield page
    if failed(test):
        keep_picture(page, test.name + name)
    page.context.close()


def page_of_jupyter(chromium: Browser, test: pytest.Item, kept: list[Page]) -> Iterator[Page]:
    if not kept:
        kept.append(new_page(chromium))
        kept[0].on("dialog", lambda dialog: dialog.accept())  # leave what is not saved
    yield kept[0]
    if failed(test):
        page = kept.pop()
        keep_picture(page, test.name)
        page.context.close()


def new_page(chromium: Browser) -> Page:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(MILLISECONDS)
    return context.new_page()


def failed(test: pytest.Item) -> bool:
    report = getattr(test, "report_call", None)
    return report is not None and report.failed


def keep_picture(page: Page, name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / f"{name}.png", full_page=True)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Every address that the page asks for; only its own file is let through."""
    seen: list[str] = []

    def decide(route: Route) -> None:
        seen.append(route.request.url)
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    page.route("**/*", decide)
    return seen


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and root folder of a Jupyter server."""
    home = tmp_path_factory.mktemp("jupyter")
    with hosts.jupyter(home) as url:
        yield url, home


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the Voilà app is started; what it prints is in ``server.log``."""
    home = tmp_path_factory.mktemp("voila")
    model = aw.load("demo")
    model.tokenizer.add_tokens([HOSTILE])
    model.hf.resize_token_embeddings(len(model.tokenizer))
    model.hf.save_pretrained(home / "hostile")
    model.tokenizer.save_pretrained(home / "hostile")
    save(build("llama"), home / "chat", byte_tokenizer(chat=True))
    save(build("llama", num_hidden_layers=32), home / "slow")
    return home


@pytest.fixture(scope="session")
def app(app_home: Path) -> Iterator[str]:
    """Address of the Voilà app."""
    models = [option for name in ("hostile", "chat", "slow") for option in ("--models", str(app_home / name))]
    with hosts.app(app_home, *models, "--allow-hub") as url:
        yield url
