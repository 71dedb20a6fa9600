"""The page in headless Chromium: laid out and painted at two widths, within the screen, and printed."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.report.test_page import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# The page has no script of its own; this one goes into a copy, in a frame as wide as the screen in question,
# since a window can't be as narrow as a phone.
PROBE = """<script>
addEventListener("load", () => {
  const box = (one) => one.getBoundingClientRect();
  const plots = [...document.querySelectorAll("svg[role=img]")];
  parent.document.title = JSON.stringify({
    inner: innerWidth,
    scrolled: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    wide: [...document.body.querySelectorAll("*")].filter(
      (one) => !one.closest(".scroll") && box(one).right > innerWidth + 1).length,
    plots: plots.map((one) => [box(one).left, box(one).top, box(one).right, box(one).bottom]),
    headings: [...document.querySelectorAll("h1, h2")].map(
      (one) => [box(one).left, box(one).top, box(one).right, box(one).bottom]),
  });
});
</script></body>"""

TALLEST = 16_000
"""Pixels; Chromium paints no picture that is much taller."""


def chromium(folder: Path, *arguments: str) -> str:
    """What Chromium prints."""
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder}/profile", "--disable-background-networking", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def framed(folder: Path, page: str, width: int, height: int) -> str:
    """The address of a document that is nothing but `page` on a screen of this size."""
    frame = folder / "frame.html"
    style = f"display: block; border: 0; width: {width}px; height: {height}px"
    frame.write_text(
        f'<body style="margin: 0"><iframe style="{style}" srcdoc="{html.escape(page)}">', encoding="utf-8"
    )
    return frame.as_uri()


def layout(folder: Path, page: str, width: int) -> dict[str, Any]:
    """What the probe found on a screen of this width."""
    address = framed(folder, page.replace("</body>", PROBE), width, 900)
    shown = chromium(folder, "--window-size=1400,1000", "--dump-dom", address)
    found = re.search(r"<title>(\{.*?\})</title>", shown)
    assert found, shown[:500]
    measured: dict[str, Any] = json.loads(html.unescape(found[1]))
    return measured


def ink(picture: Image.Image) -> float:
    """The share of pixels that haven't the most frequent colour."""
    colours = picture.getcolors(picture.width * picture.height)
    assert colours
    return 1 - max(count for count, _ in colours) / (picture.width * picture.height)


@pytest.mark.parametrize("width", [1200, 390])
def test_laid_out_within_the_screen_and_painted(tmp_path, width):
    page = build(tmp_path / "run")
    found = layout(tmp_path, page, width)
    assert found["inner"] == width
    assert found["scrolled"] <= width
    assert found["wide"] == 0
    assert len(found["plots"]) == page.count('role="img"')
    assert all(bottom - top >= 20 for _, top, _, bottom in found["plots"])

    height = min(found["height"], TALLEST)
    address = framed(tmp_path, page, width, height)
    chromium(
        tmp_path, f"--window-size={max(width, 600)},{height}", f"--screenshot={tmp_path}/page.png", address
    )
    picture = Image.open(tmp_path / "page.png").convert("RGB")
    assert picture.height == height
    # What the layout says is there was painted: each plot and heading in its place.
    seen = [box for box in found["plots"] + found["headings"] if box[3] <= height]
    assert len(seen) > len(found["headings"])
    for box in seen:
        assert ink(picture.crop([round(edge) for edge in box])) > 0.002, box
    # And nothing beside the screen.
    if picture.width > width:
        assert ink(picture.crop((width, 0, picture.width, height))) == 0


def test_paper_takes_the_whole_page(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(build(tmp_path / "run"), encoding="utf-8")
    chromium(tmp_path, f"--print-to-pdf={tmp_path}/page.pdf", "--no-pdf-header-footer", page.as_uri())
    printed = (tmp_path / "page.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
