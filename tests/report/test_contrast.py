"""Contrast of the page's colours, by the WCAG formula, in its three schemes."""

import re
from pathlib import Path

import pytest

import pipeline.report

CSS = (Path(pipeline.report.__path__[0]) / "page.css").read_text(encoding="utf-8")
SCHEMES = dict(zip(("light", "dark", "print"), re.findall(r":root \{(.*?)\}", CSS, re.S), strict=True))

PAIRS = [
    *((ink, paper) for ink in ("ink", "soft", "green", "amber", "red") for paper in ("paper", "card")),
    ("ink", "faint"),
    ("soft", "faint"),
    ("red", "faint"),
    ("ink", "green-soft"),
    ("soft", "green-soft"),
    ("green", "green-soft"),
    ("ink", "amber-soft"),
    ("amber", "amber-soft"),
]


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_formula_on_known_colours():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_text_has_enough_contrast(scheme):
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", SCHEMES[scheme]))
    poor = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in poor.items() if ratio < 4.5} == {}
