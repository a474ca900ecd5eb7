"""Voilà's server, for an app that strangers visit: what they may ask for, and how many of them find room."""

from __future__ import annotations

from typing import Any

from tornado.web import authenticated
from traitlets import Int, List, Unicode
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from attrwidget.apps.served import PLACES, THEMES

RETRY = 10  # seconds
# Voilà's page runs its own inline scripts, and widgets are imported from blobs; nothing comes from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
FULL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{retry}"><title>Please wait</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem system-ui; margin: 15vh auto; max-width: 32rem }}
</style></head><body><p>All {places} places are taken. This page tries again every {retry} seconds.</p></body></html>
"""


class PageHandler(TornadoVoilaHandler):  # type: ignore[misc]
    """The app's page; each visitor gets a kernel, as long as there is room."""

    def get_argument(self, name: str, *args: Any, **options: Any) -> Any:
        """Return an argument of the address; of themes one that exists, as Voilà writes it into its page."""
        value = super().get_argument(name, *args, **options)
        return value if name != "theme" or value in THEMES else self.voila_configuration.theme

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page, or one that tries again where all places are taken."""
        places, arriving = self.settings["places"], self.settings["arriving"]
        if len(self.kernel_manager.list_kernel_ids()) + len(arriving) >= places:
            self.set_status(503)
            self.set_header("Retry-After", str(RETRY))
            self.finish(FULL.format(places=places, retry=RETRY))
            return
        arriving.add(self)
        try:
            async for part in self.get_generator(path=path):
                arriving.discard(self)  # its kernel has started, and is counted
                self.write(part)
                await self.flush()
        finally:
            arriving.discard(self)


class ShutdownHandler(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """End the kernel of a page that is closed."""

    def check_xsrf_cookie(self) -> None:
        """Take the request without a token: the beacon of a closing page has none, and a kernel's id is secret."""


class GuardedServer(Voila):  # type: ignore[misc]
    """Voilà's server under a content security policy, for names that it knows, with a bounded number of places."""

    places = Int(PLACES, config=True, help="How many visitors have a kernel at the same time, at most.")
    hostnames = List(
        Unicode(), config=True, help="Names under which visitors reach the app, besides localhost."
    )

    def init_settings(self) -> dict[str, Any]:
        """Add the policy, and refuse unknown names of this host, which DNS rebinding would use."""
        return {
            **super().init_settings(),
            "allow_remote_access": False,
            "local_hostnames": ["localhost", *self.hostnames],
            "headers": {"Content-Security-Policy": POLICY},
            "places": self.places,
            "arriving": set(),
        }

    def init_handlers(self) -> list[Any]:
        """Put our handlers in the place of Voilà's."""
        ours = {TornadoVoilaHandler: PageHandler, VoilaShutdownKernelHandler: ShutdownHandler}
        return [
            (route, ours.get(handler, handler), *rest) for route, handler, *rest in super().init_handlers()
        ]
