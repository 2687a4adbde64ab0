"""Drive the system's Firefox by WebDriver BiDi, which is built into it.

Playwright brings a Firefox of its own, patched, and asks of a stock one what the long-term release
does not know yet. The few commands that the tests need go over a web socket of Tornado's, which the
notebooks need anyway; it runs in a thread, because Playwright's loop may hold the main one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

NAMES = ("firefox-esr", "firefox")
SECONDS = 60
# What speaks is on this machine; a proxy that nobody offers stands between it and all others.
PREFERENCES: dict[str, object] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "ui.prefersReducedMotion": 0,
}
# Notes what a page's policy forbids, and errors nobody catches, before any script of the page runs.
NOTE = """() => {
  window.complaints = [];
  addEventListener("securitypolicyviolation", (event) =>
    complaints.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  addEventListener("error", (event) => complaints.push(event.message), true);
  addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
}"""
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
KEYS |= {"Space": " ", "Control": "\ue009"}


class Firefox:
    """A Firefox with one tab.

    Parameters
    ----------
    port : int
        Where it listens.
    """

    def __init__(self, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._number = 0
        self._socket: WebSocketClientConnection = self._wait(self._connect(port))
        self._send("session.new", capabilities={})
        self._send("script.addPreloadScript", functionDeclaration=NOTE)
        self._tab = self._send("browsingContext.getTree")["contexts"][0]["context"]

    async def _connect(self, port: int) -> WebSocketClientConnection:
        return await websocket_connect(f"ws://127.0.0.1:{port}/session", max_message_size=2**26)

    def _wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(SECONDS)

    def _send(self, method: str, **parameters: object) -> Any:
        """Give a command and return its result; events are passed over."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}

        async def answer() -> dict[str, Any]:
            await self._socket.write_message(json.dumps(command))
            while True:
                said = json.loads(await self._socket.read_message() or "{}")
                if said.get("id") == self._number or not said:
                    return dict(said)

        said = self._wait(answer())
        if said.get("type") != "success":
            raise RuntimeError(f"{method}: {said.get('message', 'Firefox has gone')}")
        return said["result"]

    def open(self, url: str, *, width: int = 1280, height: int = 800) -> None:
        """Load a page, whole, in a window of some size."""
        size = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=self._tab, viewport=size)
        self._send("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def reload(self) -> None:
        """Load the page anew."""
        self._send("browsingContext.reload", context=self._tab, wait="complete")

    def back(self) -> None:
        """Go back by one page."""
        self._send("browsingContext.traverseHistory", context=self._tab, delta=-1)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, which may be a promise, in the page."""
        done = self._send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=True,
        )
        if done["type"] != "success":
            raise RuntimeError(f"{expression}: {done['exceptionDetails']['text']}")
        return json.loads(done["result"]["value"])

    def wait_for(self, expression: str) -> Any:
        """Return the value of an expression as soon as it is true; what it is after 20 seconds."""
        return self.evaluate(
            f"""(async () => {{
              for (let turn = 0; turn < 400; turn++) {{
                const found = await ({expression});
                if (found) return found;
                await new Promise((go) => setTimeout(go, 50));
              }}
              return null;
            }})()"""
        )

    def press(self, *keys: str) -> None:
        """Press keys one after the other; "Control+k" holds the first down."""
        actions = []
        for key in keys:
            names = [KEYS.get(each, each) for each in key.split("+")]
            actions += [{"type": "keyDown", "value": each} for each in names]
            actions += [{"type": "keyUp", "value": each} for each in reversed(names)]
        device = {"type": "key", "id": "keyboard", "actions": actions}
        self._send("input.performActions", context=self._tab, actions=[device])

    def click(self, selector: str) -> None:
        """Press the mouse on the first element that a selector finds.

        Keys reach a button in a window that has no focus, as a headless one, and do not press it.
        """
        chosen = json.dumps(selector)
        self.evaluate(f"document.querySelector({chosen}).scrollIntoView({{ block: 'center' }})")
        locator = {"type": "css", "value": selector}
        found = self._send(
            "browsingContext.locateNodes", context=self._tab, locator=locator, maxNodeCount=1
        )
        (node,) = found["nodes"]
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        actions = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": actions}
        self._send("input.performActions", context=self._tab, actions=[mouse])

    def focus(self, selector: str) -> None:
        """Give the first element that a selector finds the focus."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def complaints(self) -> list[str]:
        """Return what went wrong on the page."""
        return list(self.evaluate("window.complaints"))

    def close(self) -> None:
        """End the session."""
        self._send("session.end")
        self._wait(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _disconnect(self) -> None:
        self._socket.close()
        while await self._socket.read_message() is not None:
            pass


@contextmanager
def firefox(**preferences: object) -> Iterator[Firefox]:
    """Start a headless Firefox; keyword arguments are preferences, with ``_`` for a full stop.

    Without one the test is skipped and the reason printed.
    """
    path = next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        pytest.skip("no Firefox: install firefox-esr, and the pages are tried in a second engine")
    chosen = PREFERENCES | {name.replace("_", "."): each for name, each in preferences.items()}
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in chosen.items()]
        Path(profile, "user.js").write_text("\n".join(lines), "utf-8")
        log = Path(profile, "log")
        command = [path, "--headless", "--no-remote", "--profile", profile]
        with log.open("w") as said:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port=0"],
                stdout=said,
                stderr=said,
                env={**os.environ, "HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"},
            )
        try:
            browser = Firefox(port_of(process, log))
            yield browser
            browser.close()
        finally:
            process.terminate()
            process.wait(SECONDS)


def port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port that a Firefox says it listens on."""
    while not (found := re.search(r"BiDi listening on ws://\S+:(\d+)", log.read_text("utf-8"))):
        if process.poll() is not None:
            raise RuntimeError(f"Firefox ended before it listened: {log.read_text('utf-8')[-500:]}")
        sleep(0.1)
    return int(found[1])
