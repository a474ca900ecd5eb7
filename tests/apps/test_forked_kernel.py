"""A visitor's kernel, forked from the process that all share: it takes no more memory than it may."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from helpers.hosts import environment
from helpers.waiting import PATIENCE

from attrwidget.apps.server import can_fork

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CELLS = [
    "held = bytearray(10**8)",
    "much = bytearray(10**9)",
    "import torch; torch.ones(3 * 10**8)",
    "from attrwidget.engine.memory import allowed_bytes; assert 1e8 < allowed_bytes() < 4e8, allowed_bytes()",
    "del held; held = bytearray(10**8); held[-1] = 1",
]
RUN = """import json, sys
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from attrwidget.apps.forked_kernel import start_server
from attrwidget.apps.served import Served

if __name__ == "__main__":
    Served(memory=400).announce()
    start_server()
    KernelProvisionerFactory.instance(default_provisioner_name="attrwidget-fork")
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=200)
    wanted = {"reply": True, "timeout": 100, "stop_on_error": False}  # a kernel aborts what comes just after an error
    replies = [client.execute(cell, **wanted)["content"] for cell in json.loads(sys.argv[1])]
    print(json.dumps([reply.get("evalue", reply["status"]) for reply in replies]))
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""


@pytest.mark.skipif(not can_fork(), reason="needs Linux")
def test_what_takes_more_memory_than_a_visitor_may_have_fails_and_the_kernel_goes_on(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(RUN)
    done = subprocess.run(
        [sys.executable, "run.py", json.dumps(CELLS)],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, much, torch, allowed, last = json.loads(done.stdout.splitlines()[-1])
    assert (first, allowed, last) == ("ok", "ok", "ok")
    assert much == ""  # of a MemoryError, which says no more
    assert "can't allocate memory" in torch
