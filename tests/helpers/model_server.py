"""``attrwidget serve`` inside the tests' process."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from attrwidget.serve.app import make_app
from attrwidget.serve.patience import Patient

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def model_server(model: Any, port: int = 0, **options: Any) -> Iterator[str]:
    """Serve *model*, and give the address; *options* are those of ``make_app``."""
    config = uvicorn.Config(
        make_app(model, **options), port=port, log_level="critical", http=Patient, ws="none", loop="asyncio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
