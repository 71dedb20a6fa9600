"""The page in headless Chromium: laid out at two widths, nothing wider than the screen."""

import html
import re
import shutil
import subprocess

import pytest

from tests.report.test_page import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# The page has no script of its own; this one goes into a copy, in a frame as wide as the screen in question,
# since a window can't be as narrow as a phone.
PROBE = """<script>
addEventListener("load", () => {
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => !one.closest(".scroll") && one.getBoundingClientRect().right > innerWidth + 1);
  const empty = [...document.querySelectorAll("svg[role=img]")].filter(
    (one) => one.getBoundingClientRect().height < 20);
  const width = document.documentElement.scrollWidth;
  parent.document.title = `${innerWidth}, ${width}, ${wide.length}, ${empty.length}`;
});
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_is_wider_than_the_screen(tmp_path, width):
    page = build(tmp_path / "run").replace("</body>", PROBE)
    frame = tmp_path / "frame.html"
    frame.write_text(f'<iframe width="{width}" height="900" srcdoc="{html.escape(page)}">', encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    command += ["--window-size=1400,1000", "--dump-dom", frame.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r"<title>(\d+), (\d+), (\d+), (\d+)</title>", shown)
    assert found, shown[:500]
    inner, scrolled, wide, empty = map(int, found.groups())
    assert inner == width
    assert scrolled <= inner
    assert (wide, empty) == (0, 0)
