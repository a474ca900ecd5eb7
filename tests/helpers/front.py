"""A page without a browser, that talks to a real kernel."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helpers.waiting import PATIENCE
from jupyter_client.manager import start_new_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator


class Front:
    """A page without a browser: sends comm messages and hears what the kernel sends."""

    def __init__(self, client: Any, start: str) -> None:
        self.client = client
        self.data: dict[str, Any] = {}
        client.execute(start)
        message = self.until(lambda m: m["msg_type"] in ("execute_result", "error"))
        assert message["msg_type"] == "execute_result", message["content"]
        self.data = message["content"]["data"]
        self.comm = self.data["application/vnd.jupyter.widget-view+json"]["model_id"]

    def until(self, wanted: Any) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if wanted(message):
                return message  # type: ignore[no-any-return]
        raise AssertionError("nothing was heard")

    def send(self, data: dict[str, Any], subshell: str | None = None) -> None:
        """Send *data* to the widget; to a *subshell*, as JupyterLab does, it is heard while a cell runs."""
        message = self.client.session.msg("comm_msg", {"comm_id": self.comm, "data": data})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def ask(self, op: str, args: dict[str, Any], subshell: str | None = None) -> str:
        request = uuid.uuid4().hex
        content = {"v": 1, "id": request, "op": op, "args": args}
        self.send({"method": "custom", "content": content}, subshell)
        return request

    def subshell(self) -> str:
        """Return the id of a new subshell of the kernel."""
        message = self.client.session.msg("create_subshell_request")
        self.client.control_channel.send(message)
        return str(self.client.control_channel.get_msg(timeout=PATIENCE)["content"]["subshell_id"])

    def run(self, code: str) -> str:
        """Start a cell; return the id of its message."""
        return str(self.client.execute(code))

    def printed(self, cell: str) -> str:
        """Wait for the end of *cell*; return what it printed to standard output, or the name of its error."""
        text = ""
        while True:
            message = self.until(lambda m: m["parent_header"].get("msg_id") == cell)
            kind, content = message["msg_type"], message["content"]
            if kind == "stream" and content["name"] == "stdout":
                text += content["text"]
            elif kind == "error":
                text = content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                return text.strip()

    def answer(self, request: str) -> tuple[dict[str, Any], list[Any]]:
        def ours(message: dict[str, Any]) -> bool:
            content = message["content"].get("data", {}).get("content", {})
            return isinstance(content, dict) and content.get("id") == request and "ok" in content

        message = self.until(ours)
        return message["content"]["data"]["content"], message["buffers"]


@contextmanager
def kernel_showing(start: str) -> Iterator[tuple[Any, Front]]:
    """Start a kernel that runs *start*, whose last line is a widget; yield its manager and the page."""
    manager, client = start_new_kernel(startup_timeout=PATIENCE, kernel_name="python3")
    try:
        yield manager, Front(client, start)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
