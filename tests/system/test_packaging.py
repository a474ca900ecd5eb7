"""What is installed from a wheel: the bundle, the bundled model, and an import that stays light."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "pandas", "inseq")
UNWANTED = shutil.ignore_patterns(
    ".git",
    ".venv",
    "node_modules",
    "static",
    "__pycache__",
    ".*_cache",
    ".compat",
    ".hypothesis",
    "dist",
    "test-results",
)
BUNDLE = ("attrwidget/page/static/widget.js", "attrwidget/page/static/page.js")
CARGO = (
    "attrwidget/py.typed",
    "attrwidget/demo/causal/model/model.safetensors",
    "attrwidget/demo/causal/model/config.json",
    "attrwidget/demo/masked/demo.conllu",
    "attrwidget/demo/sentiment/model_biased/model.safetensors",
    "attrwidget/apps/compare.ipynb",
    "attrwidget/apps/explain.ipynb",
    "attrwidget/apps/notebooks/1-what-is-the-model-thinking.ipynb",
    "attrwidget/apps/jupyter/voila/templates/attrwidget/index.html.j2",
)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist and the wheel built from a checkout that has no bundle yet."""
    checkout = tmp_path_factory.mktemp("checkout") / "attrwidget"
    shutil.copytree(ROOT, checkout, ignore=UNWANTED)
    (checkout / "node_modules").symlink_to(ROOT / "node_modules")
    assert not (checkout / "src" / BUNDLE[0]).exists()
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", checkout / "dist", cwd=checkout)
    return checkout / "dist"


@pytest.fixture(scope="module")
def clean(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel and our dependencies, and not this checkout."""
    home = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    [wheel] = dist.glob("*.whl")
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    )
    target = ("--target", packages)
    run(sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", *target, wheel, cwd=home)
    # Added to sys.path, unlike a site directory, a folder's own .pth files (the editable install) are not read.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return python


def test_the_wheel_carries_the_bundle_and_the_bundled_model(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {*BUNDLE, *CARGO} <= names
    assert not [name for name in names if name.startswith(("tests/", "js/", "node_modules/"))]


def test_the_sdist_carries_sources_and_bundle(dist: Path) -> None:
    [sdist] = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    sources = {
        "js/widget.ts",
        "js/build.mjs",
        "package.json",
        "package-lock.json",
        "LICENSE",
        "CHANGELOG.md",
        "CITATION.cff",
        ".pre-commit-config.yaml",
        "hatch_build.py",
    }
    assert {*sources, *(f"src/{name}" for name in BUNDLE)} <= names
    assert not [name for name in names if "node_modules" in name]


def test_a_clean_environment_finds_bundle_and_model_and_imports_no_other_tool(
    clean: Path, tmp_path: Path
) -> None:
    code = """
import attrwidget, json, sys
home = attrwidget.__file__
from attrwidget.page.bundle import read_bundle
explanation = attrwidget.load("demo").explain("The first president of America is", max_new_tokens=3)
text = "".join(unit.text for unit in explanation.tokens.units)
explanation.scores(), explanation.methods(), attrwidget.list_methods()
others = {"lime", "shap", "captum", "inseq", "sklearn"} & set(sys.modules)
print(json.dumps([home, len(read_bundle("widget.js")), text, sorted(others)]))
"""
    import json

    home, size, text, others = json.loads(
        run(clean, "-c", code, cwd=tmp_path, HF_HUB_OFFLINE="1").splitlines()[-1]
    )
    assert Path(home).is_relative_to(clean.parents[1])
    assert size > 5_000
    assert text.startswith("The first president of America is George Washington")
    assert others == []  # before a method of theirs is asked for


def test_import_loads_neither_torch_nor_transformers(clean: Path, tmp_path: Path) -> None:
    code = f"import attrwidget, sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert run(clean, "-c", code, cwd=tmp_path).strip() == "[]"


def test_the_command_says_a_mistake_in_one_sentence(clean: Path, tmp_path: Path) -> None:
    command = (clean, "-m", "attrwidget.apps.cli", "explain", "Hello", "--model", str(tmp_path))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "config.json" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
