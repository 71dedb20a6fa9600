"""The page in headless Chromium: laid out without scripts, nothing wider than the screen."""

import re
import shutil
import subprocess

import pytest

from tests.report.test_page import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Written into a copy of the page, which has no script of its own.
PROBE = """<script>
addEventListener("load", () => {
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => !one.closest(".scroll") && one.getBoundingClientRect().right > innerWidth + 1);
  const empty = [...document.querySelectorAll("svg[role=img]")].filter(
    (one) => one.getBoundingClientRect().height < 20);
  const width = document.documentElement.scrollWidth;
  document.title = `${width} of ${innerWidth}, ${wide.length}, ${empty.length}`;
});
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_is_wider_than_the_screen(tmp_path, width):
    page = tmp_path / "probed.html"
    page.write_text(build(tmp_path / "run").replace("</body>", PROBE), encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    command += [f"--window-size={width},2000", "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r"<title>(\d+) of (\d+), (\d+), (\d+)</title>", shown)
    assert found, shown[:500]
    scrolled, inner, wide, empty = map(int, found.groups())
    assert scrolled <= inner
    assert (wide, empty) == (0, 0)
