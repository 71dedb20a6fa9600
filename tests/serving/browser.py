"""A headless Chromium that is driven through its debugging pipe: clicks, keys, pictures, requests."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60
"""Seconds until what a page should show is missed."""


class Browser:
    """One tab.

    Attributes:
        requested: addresses that it has asked for.
    """

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = os.fdopen(read, "rb")
        self._rest = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.requested: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        self.call("Network.enable")
        self.call("Page.enable")

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the DevTools protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params} | self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            found = self._message()
            if found.get("method") == "Network.requestWillBeSent":
                self.requested.append(found["params"]["request"]["url"])
            if found.get("id") == self._number:
                assert "error" not in found, found
                return dict(found["result"])

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._read.fileno(), 1 << 16)
            assert more, "the browser has ended"
            self._rest += more
        text, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(text))

    def value(self, script: str) -> Any:
        """Return what a JavaScript expression is in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, script: str) -> Any:
        """Return what an expression is as soon as it's true."""
        end = time.monotonic() + PATIENCE
        while not (found := self.value(script)):
            assert time.monotonic() < end, (script, self.value("document.body.innerText"))
            time.sleep(0.05)
        return found

    def open(self, address: str, width: int = 1200, height: int = 900) -> None:
        """Show a page on a screen of this size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def write(self, text: str) -> None:
        """Type text where the focus is."""
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press a key: Enter, Tab or Space."""
        codes = {"Enter": (13, "\r"), "Tab": (9, ""), "Space": (32, " ")}
        code, text = codes[key]
        named = " " if key == "Space" else key
        for kind in ("keyDown", "keyUp"):
            letters = {"text": text} if text and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=named,
                code=key,
                windowsVirtualKeyCode=code,
                **letters,
            )

    def picture(self, path: Path) -> None:
        """Save what the screen shows."""
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own in `folder`."""
    inner_read, write = os.pipe()
    read, inner_write = os.pipe()
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options += [f"--user-data-dir={folder}/profile", "--remote-debugging-pipe", "about:blank"]
    # The protocol wants the pipes as descriptors 3 and 4.
    line = f'exec "$0" "$@" 3<&{inner_read} 4>&{inner_write} 2>/dev/null'
    command = ["bash", "-c", line, str(CHROMIUM), *options]
    with subprocess.Popen(command, pass_fds=(inner_read, inner_write)) as process:
        os.close(inner_read)
        os.close(inner_write)
        try:
            yield Browser(write, read)
        finally:
            process.kill()
            os.close(write)
