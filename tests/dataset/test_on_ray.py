"""Ray drives the same workers: the files are those of the local engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [f"The film was {word}." for word in ("good", "bad", "not good", "great", "dull")]
HOW: dict[str, Any] = {"shard_size": 2, "workers": 2}


@pytest.mark.slow
def test_files_are_those_of_the_local_engine(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is an extra of its own: pip install 'attrwidget[ray]'")
    folders = {engine: tmp_path / engine for engine in ("local", "ray")}
    for engine, folder in folders.items():
        aw.explain_dataset("demo-sentiment", TEXTS, to=folder, engine=engine, **HOW)
    shards = sorted(path.name for path in (folders["local"] / "shards").iterdir())
    assert len(shards) == 3
    for name in shards:
        local, ray = ((folder / "shards" / name).read_bytes() for folder in folders.values())
        assert local == ray
    with pytest.raises(aw.AttrWidgetError, match="No model 'no-such-model'"):
        aw.explain_dataset("no-such-model", TEXTS, to=tmp_path / "none", engine="ray")


def test_without_ray_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.dataset.explain.find_spec", lambda name: None if name == "ray" else name)
    with pytest.raises(aw.AttrWidgetError, match="engine='ray' needs Ray"):
        aw.explain_dataset("demo-sentiment", TEXTS, to=tmp_path / "scores", engine="ray")
    assert not (tmp_path / "scores").exists()
