"""The page in headless Chromium: by mouse and by keyboard, on a desk and on a phone, asking nobody else."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.artifacts import write_table
from pipeline.serving import Predictor
from pipeline.serving.requests import Recommendation
from pipeline.tables import BUNDLE_ITEMS
from stages.predictor import read_predictor
from tests.end_to_end.runs import REPOSITORY
from tests.report.test_contrast import contrast
from tests.serving.browser import CHROMIUM, Browser, browsing
from tests.serving.service import Service, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

USER = "SYN-U-0001"
HOSTILE = "<img src=x onerror='document.title=\"broken into\"'>"
NAMES = "[...document.querySelectorAll('#list .name')].map((one) => one.firstChild.textContent)"
HISTORY = NAMES.replace("#list", "#history")
STATE = "document.getElementById('state').textContent"
SAID = (
    "!document.getElementById('explanation').hidden"
    " && !document.getElementById('explanation').textContent.startsWith('Asking')"
    " && document.getElementById('explanation').textContent"
)


@pytest.fixture(scope="module")
def bundle(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose items have titles, but for every fifth."""
    folder = shutil.copytree(trained / "models/peapod", tmp_path_factory.mktemp("titled") / "peapod")
    table = pq.read_table(folder / "items.parquet")
    titles = [None if row % 5 == 4 else f"Thing {row}" for row in range(table.num_rows)]
    titles[0] = HOSTILE
    place = table.column_names.index("title")
    write_table(
        folder / "items.parquet",
        BUNDLE_ITEMS,
        table.set_column(place, "title", pa.array(titles, pa.string())),
    )
    return folder


@pytest.fixture(scope="module")
def predictor(bundle: Path) -> Predictor:
    return read_predictor(bundle)


@pytest.fixture(scope="module")
def service(bundle: Path) -> Iterator[Service]:
    with serving(bundle) as service:
        yield service


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def shown(predictor: Predictor, found: list[Recommendation]) -> list[str]:
    """What the page calls the items of a list."""
    return [one.title or one.item for one in found]


def pick(browser: Browser, service: Service, user: str = USER, width: int = 1200) -> None:
    """Open the page and choose a user as people do."""
    browser.open(service.address, width=width)
    browser.wait("document.getElementById('about').textContent.includes('60 users')")
    browser.value("document.getElementById('user').focus()")
    browser.write(user)
    browser.press("Enter")


def test_a_picked_user_has_a_list_a_history_and_neighbours(
    browser: Browser, service: Service, predictor: Predictor
) -> None:
    pick(browser, service)
    browser.wait(f"{STATE}.startsWith('After ')")
    assert browser.value(NAMES) == shown(predictor, predictor.recommend(USER))
    history = browser.value(
        "[...document.querySelectorAll('#history .name')].map((one) => one.firstChild.textContent)"
    )
    assert history == [one.title or one.item for one in predictor.items_of(USER)]
    rows = browser.value("[...document.querySelectorAll('#neighbours li')].map((one) => one.innerText)")
    wanted = predictor.neighbours(USER)
    assert [row.split()[0] for row in rows] == [one.user for one in wanted]
    assert [float(row.split()[1]) for row in rows] == pytest.approx(
        [100 * one.weight for one in wanted], abs=0.06
    )


def test_why_shows_the_explanation(browser: Browser, service: Service, predictor: Predictor) -> None:
    pick(browser, service)
    browser.wait("document.querySelectorAll('#list button').length === 10")
    browser.value("document.querySelectorAll('#list button')[2].click()")
    said = browser.wait(SAID)
    third = predictor.recommend(USER)[2]
    assert said == f"{third.title or third.item}: {predictor.explain(USER, third.item)}"


def test_an_item_struck_out_by_keyboard_changes_the_list_and_comes_back(
    browser: Browser, service: Service, predictor: Predictor
) -> None:
    pick(browser, service)
    browser.wait(f"{STATE}.startsWith('After ')")
    history = [one.item for one in predictor.items_of(USER)]
    whole = predictor.recommend(USER)
    without = predictor.recommend(USER, history=history[:-1])
    assert [one.item for one in without] != [one.item for one in whole]
    last = "document.querySelector('#history li:last-child button')"
    browser.value(f"{last}.focus()")
    browser.press("Space")
    browser.wait(f"{STATE}.startsWith('Without 1 of {len(history)} items')")
    assert browser.value(f"{last}.getAttribute('aria-pressed')") == "true"
    assert browser.value(f"document.activeElement === {last}")
    assert browser.value(NAMES) == shown(predictor, without)
    before = {one.item: one.rank for one in whole}
    moves = browser.value("[...document.querySelectorAll('#list .move')].map((one) => one.textContent)")
    for one, told in zip(without, moves, strict=True):
        rose = before.get(one.item, 0) - one.rank
        if one.item == history[-1]:
            wanted = "struck out"
        elif one.item not in before:
            wanted = "new"
        else:
            wanted = f"{'▲' if rose > 0 else '▼'} {abs(rose)}" if rose else ""
        assert told == wanted
    gone = len(before.keys() - {one.item for one in without})
    assert f": {gone} of 10 places have other items." in browser.value(STATE)
    browser.press("Space")
    browser.wait(f"{STATE}.startsWith('After ')")
    assert browser.value(NAMES) == shown(predictor, whole)


def test_somebody_new_types_a_history_of_titles(
    browser: Browser, service: Service, predictor: Predictor
) -> None:
    browser.open(service.address)
    for title in ("Thing 1", "thing 2", HOSTILE):
        count = browser.value("document.querySelectorAll('#history li').length")
        browser.value("document.getElementById('item').focus()")
        browser.write(title)
        browser.press("Enter")
        browser.wait(f"document.querySelectorAll('#history li').length === {count + 1}")
    browser.wait(f"{STATE}.startsWith('After 3 ')")
    ids = predictor.people.item_ids
    wanted = predictor.recommend("somebody new", history=[ids[1], ids[2], ids[0]])
    assert browser.value(NAMES) == shown(predictor, wanted)
    # A title is text, whatever is in it.
    assert browser.value("document.title") == "PeaPOD"
    assert browser.value("document.querySelectorAll('img').length") == 0


def test_what_goes_wrong_is_told_and_goes_away(browser: Browser, service: Service) -> None:
    browser.open(service.address)
    browser.value("document.getElementById('item').focus()")
    browser.write("nothing like it")
    browser.press("Enter")
    browser.wait("document.getElementById('problem').textContent.includes('No item has “nothing like it”')")
    pick(browser, service, user="nobody")
    browser.wait(f"{STATE}.startsWith('Nothing is left to go by')")
    assert browser.value("document.getElementById('problem').textContent") == ""


def test_everything_can_be_reached_by_tab_and_has_a_name(browser: Browser, service: Service) -> None:
    pick(browser, service)
    browser.wait(f"{STATE}.startsWith('After ')")
    stops = "[...document.querySelectorAll('main input, main button')]"
    assert (
        browser.value(
            f"{stops}.filter((one) => !(one.labels.length || one.textContent.trim()"
            " || one.getAttribute('aria-label'))).length"
        )
        == 0
    )
    browser.value("document.activeElement.blur()")
    count = browser.value(f"{stops}.length")
    assert count > 15
    browser.value("document.getElementById('user').focus()")
    for number in range(count):
        assert browser.value(f"{stops}.indexOf(document.activeElement)") == number
        browser.press("Tab")


@pytest.mark.parametrize("width", [1200, 390])
def test_it_fits_a_desk_and_a_phone(browser: Browser, service: Service, width: int, tmp_path: Path) -> None:
    pick(browser, service, width=width)
    browser.wait(f"{STATE}.startsWith('After ')")
    assert browser.value("document.documentElement.scrollWidth") <= width
    boxes = browser.value(
        "[...document.querySelectorAll('main input, main button')].map((one) => one.getBoundingClientRect())"
        ".map((box) => [box.left, box.right, box.width, box.height])"
    )
    assert all(left >= 0 and right <= width for left, right, _, _ in boxes)
    # What a finger hits: 44 pixels (WCAG 2.5.5).
    assert min(min(wide, high) for _, _, wide, high in boxes) >= 44
    # What was asked for is on the screen, not below it.
    browser.value("document.querySelector('#list button').click()")
    browser.wait(SAID)
    top, bottom = browser.value(
        "(({top, bottom}) => [top, bottom])(document.getElementById('explanation').getBoundingClientRect())"
    )
    assert 0 <= top < bottom <= browser.value("window.innerHeight")
    # The first neighbour's bar is full: the others are told apart beside it.
    assert browser.value("document.querySelector('meter').value === document.querySelector('meter').max")
    browser.picture(tmp_path / "page.png")
    colours = Image.open(tmp_path / "page.png").convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 20


def test_nothing_is_asked_of_anybody_else(browser: Browser, service: Service) -> None:
    browser.requested.clear()
    pick(browser, service)
    browser.wait(f"{STATE}.startsWith('After ')")
    asked = [one for one in browser.requested if not one.startswith("data:")]
    assert len(asked) > 4
    assert [one for one in asked if not one.startswith(service.address)] == []
    # Nor could it be: ids are in no address either.
    assert [one for one in asked if USER in one] == []
    assert browser.value("fetch('https://example.org/').then(() => 'let out', () => 'kept in')") == "kept in"


def test_a_token_is_asked_for_once(browser: Browser, bundle: Path) -> None:
    with serving(bundle, PEAPOD_TOKEN="secret") as service:
        browser.open(service.address)
        browser.wait("!document.getElementById('lock').hidden")
        browser.value("document.getElementById('token').focus()")
        browser.write("secret")
        browser.press("Enter")
        browser.wait("document.getElementById('lock').hidden")
        browser.value("document.getElementById('user').focus()")
        browser.write(USER)
        browser.press("Enter")
        browser.wait(f"{STATE}.startsWith('After ')")


def test_colours_differ_enough_in_both_schemes() -> None:
    page = (REPOSITORY / "pipeline/serving/page.html").read_text(encoding="utf-8")
    schemes = re.findall(r":root \{([^}]+)\}", page)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", scheme))
        for ink in ("ink", "soft", "mark", "up", "down"):
            for back in ("back", "tint"):
                assert contrast(colours[ink], colours[back]) >= 4.5, (ink, back)
