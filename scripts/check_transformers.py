"""Check the numbers on the releases of Transformers that pyproject.toml names, each installed beside the others.

Run it with the Python of the environment that has everything else; arguments go to pytest. The releases are checked at
the same time, each on one thread.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ROOT / ".compat"


def install(version: str) -> Path:
    """Install a release, and what it needs in another version than the environment has, in a folder of its own."""
    folder = BESIDE / version
    done = folder / ".complete"
    if done.exists():
        return folder
    wanted = [f"transformers=={version}"]
    while wanted:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        subprocess.run([*pip, "--no-deps", "--target", str(folder), *wanted], check=True)
        wanted = missing(folder)
    done.touch()
    return folder


def missing(folder: Path) -> list[str]:
    """Return the requirements of the packages in *folder* that neither it nor the environment satisfies."""
    beside = {
        found.name.lower().replace("_", "-"): found for found in metadata.distributions(path=[str(folder)])
    }
    needed = [Requirement(text) for found in beside.values() for text in found.requires or ()]
    return [str(need) for need in needed if applies(need) and not satisfied(need, beside)]


def applies(need: Requirement) -> bool:
    """Return whether *need* is one of this machine, and of no extra."""
    return need.marker is None or need.marker.evaluate({"extra": ""})


def satisfied(need: Requirement, beside: dict[str, metadata.Distribution]) -> bool:
    """Return whether the version that would be imported fits *need*."""
    try:
        found = beside.get(need.name.lower().replace("_", "-")) or metadata.distribution(need.name)
    except metadata.PackageNotFoundError:
        return False
    return need.specifier.contains(found.version, prereleases=True)


def check(version: str) -> tuple[int, str]:
    """Install a release and run the tests on it; return pytest's exit code and what it printed."""
    places = [str(install(version)), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "TRANSFORMERS_VERSION": version,
    }
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/system/test_numbers.py"]
    done = subprocess.run(
        [*pytest, *sys.argv[1:]],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def main() -> int:
    """Check each release; return 1 if one fails."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["attrwidget"]
    failed = False
    with ThreadPoolExecutor() as pool:
        for version, (code, printed) in zip(
            table["transformers"], pool.map(check, table["transformers"]), strict=True
        ):
            print(f"Transformers {version}", printed, sep="\n", flush=True)
            failed |= code != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
