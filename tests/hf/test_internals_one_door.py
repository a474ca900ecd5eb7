"""Only ``hf/internals`` and ``widget/internals.py`` reach into private parts of other libraries."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import attrwidget as aw

SOURCE = Path(aw.__file__).parent


def sources() -> dict[Path, ast.Module]:
    files = SOURCE.rglob("*.py")
    return {path.relative_to(SOURCE): ast.parse(path.read_text(encoding="utf-8")) for path in files}


@pytest.mark.slow
def test_nothing_else_reaches_into_other_libraries() -> None:
    trees = sources()
    inside = {
        path: tree for path, tree in trees.items() if path.parts[1:2] in {("internals",), ("internals.py",)}
    }
    owned = {name for tree in inside.values() for name in private_names(tree)}
    assert {"_hf_hook", "_orig_mod", "_version", "_forward_hooks"} <= owned
    ours = {name for tree in trees.values() for name in defined(tree)} | {"_replace", "_asdict", "_fields"}
    found = {
        f"{path}: {name}"
        for path, tree in trees.items()
        if path not in inside
        for name in (*undocumented_imports(tree), *foreign(tree, owned, ours))
    }
    assert found == set()


def private_names(tree: ast.AST) -> set[str]:
    """Return the private attributes and strings in *tree* that are not of its own ``self``."""
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and not of_self(n)}
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {name for name in attributes | strings if is_private(name)}


def foreign(tree: ast.AST, owned: set[str], ours: set[str]) -> set[str]:
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and is_private(n.attr)}
    return (private_names(tree) & owned) | (attributes - ours)


def undocumented_imports(tree: ast.AST) -> set[str]:
    """Return what *tree* imports from inside Transformers, Accelerate or private modules of torch."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        library, *inner = node.module.split(".")
        inner += [alias.name for alias in node.names if alias.name.startswith("_")]
        tables = [alias.name for alias in node.names if alias.name.isupper()]
        documented = node.module in ("transformers.utils", "transformers.utils.quantization_config")
        if (library == "transformers" and (tables or (inner and not documented))) or (
            library in ("accelerate", "torch") and any(part.startswith("_") for part in inner)
        ):
            found.add(node.module)
    return found


def defined(tree: ast.AST) -> set[str]:
    """Return the private names that *tree* defines: functions, classes, variables and attributes of ``self``."""
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    found = {n.name for n in ast.walk(tree) if isinstance(n, definitions)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif of_self(node):
                found.add(node.attr)
    return found


def of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name[1:2].isalpha() and name.isidentifier()
