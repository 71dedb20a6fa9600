import itertools
import re

import pyarrow as pa
import pytest

from pipeline.artifacts import read_table, write_table
from pipeline.report.page import _others, flatten
from pipeline.tables import INTERACTIONS, RECOMMENDATIONS
from stages.evaluate import main as evaluate
from stages.report import main as report
from tests.evaluation.workspace import HISTORIES, write_training, write_workspace
from tests.report.pages import Page

MARKUP = '<script>alert("x")</script><b>&amp; '


def build(root, explained=True, prefix=""):
    write_workspace(root, explained, prefix)
    write_training(root, explained)
    evaluate(root=root)
    report(root=root)
    return (root / "report/index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return build(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_tags_are_balanced(page):
    assert page.faults == []


def test_nothing_is_loaded_from_elsewhere(html, page):
    for tag, attributes, _ in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "xlink:href", "action", "poster"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        if "href" in attributes:
            assert attributes["href"].startswith("#")
    assert not re.search(r"https?:|//\w|url\(|@import", html)


def test_links_lead_to_sections(page):
    ids = [attributes["id"] for _, attributes, _ in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for attributes in page.named("a")} <= set(ids)
    for _, attributes, _ in page.tags:
        assert attributes.get("aria-labelledby", ids[0]) in ids


def test_pictures_have_a_text_or_say_that_they_need_none(page):
    pictures = page.named("svg")
    assert pictures
    for attributes in pictures:
        named = attributes.get("role") == "img" and attributes.get("aria-label")
        assert named or attributes.get("aria-hidden") == "true"
    charts = [attributes["aria-label"] for attributes in pictures if attributes.get("role") == "img"]
    # Four of losses; two metrics of either ranking, one of the sentences.
    assert len(charts) == 9
    assert charts[1] == (
        "Sequential: train loss from 3.000 to 1.000, lowest 1.000 at epoch 3; "
        "validation loss from 4.000 to 2.000, lowest 2.000 at epoch 3"
    )


def test_tables_have_captions_and_scopes(page):
    assert len(page.named("table")) == len(page.named("caption")) == 16
    assert all(attributes.get("scope") in {"row", "col", "colgroup"} for attributes in page.named("th"))


def test_headings_descend_one_by_one(page):
    levels = [int(tag[1]) for tag, _, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 or later == 4 for earlier, later in itertools.pairwise(levels))


def test_what_the_reader_is_told(page):
    for words in (
        "A tiny run",
        "isn’t one of the paper’s",
        "This run uses that numbering",
        "Most popular",
        "Number rule: highest",
        "Chance",
        "second",
        "adjusted (Holm) for all 12 differences",
        "Beyond accuracy",
        "Users whose item train shows 0–1 times: 4, 2–3 times: 2.",
        "ranked over the whole catalogue",
        "both chose I1, I2",
        "evenly, each would get 33.3 %",
        "git log -1 dvc.lock",
        "the case is a joke",
        "What these figures don’t show",
        "1,234",
    ):
        assert words in page.text


def test_extractions_are_told_in_words_and_not_by_colour_alone(html, page):
    listed = html[html.index('id="extractions"') : html.index('id="limits"')]
    assert listed.count('<li class="card">') == 5
    assert 'the <mark class="feature">case</mark> is a <mark class="opinion">joke</mark>' in listed
    shown = Page(listed).text
    assert "the case is a joke Feature case Opinion joke Sentiment ▼ negative Item I5" in shown
    assert "solid underline" in shown
    assert "text-decoration-style: dashed" in html


def test_language_viewport_and_schemes(html, page):
    assert page.named("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.named("meta")
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_markup_in_reviews_and_ids_stays_text(tmp_path):
    html = build(tmp_path, prefix=MARKUP)
    page = Page(html)
    assert page.faults == []
    assert page.named("script") == []
    assert "<script>" not in html
    assert MARKUP.strip() in page.text
    assert f"{MARKUP}the case is a joke" in page.text
    assert f"{MARKUP}U1" in page.text
    # In the extractions too: the five sentences, its phrases marked; one more mark is the legend's.
    listed = html[html.index('id="extractions"') :]
    assert listed.count("&lt;script&gt;") >= 5
    assert listed.count('<mark class="feature">') == 5 + 1
    # "a sturdy case" has its feature for its opinion.
    assert listed.count('<mark class="opinion">') == 4 + 1


def test_a_missing_explanation_task_is_said(tmp_path):
    page = Page(build(tmp_path, explained=False))
    assert page.faults == []
    assert "This run has no explanations to test" in page.text
    assert "ROUGE" not in page.text.replace("BLEU and ROUGE compare", "")
    assert len(page.named("table")) == 11
    assert "No extractions are shown" in page.text


def test_repeats_that_lists_leave_out_are_said(tmp_path, page):
    assert "are repeats" not in page.text
    build(tmp_path)
    # User 0 has had item 0; the second baseline shows user 1 what they have had.
    test = tmp_path / "data/preprocessed/test.parquet"
    rows = read_table(test, INTERACTIONS).to_pylist()
    rows[0]["item"] = 0
    write_table(test, INTERACTIONS, pa.Table.from_pylist(rows, schema=INTERACTIONS))
    lists = tmp_path / "predictions/second/sequential.parquet"
    rows = read_table(lists, RECOMMENDATIONS).to_pylist()
    rows[3]["item"] = HISTORIES[1][0]
    write_table(lists, RECOMMENDATIONS, pa.Table.from_pylist(rows, schema=RECOMMENDATIONS))
    evaluate(root=tmp_path)
    report(root=tmp_path)
    told = Page((tmp_path / "report/index.html").read_text(encoding="utf-8")).text
    assert (
        "1 of 6 test items are repeats, which the user had before. Lists that leave out what a user has had "
        "can’t hold them: those of PeaPOD, Most popular." in told
    )


def test_published_figures_stand_beside_the_papers_dataset(tmp_path):
    from pipeline.artifacts import read_json, write_json

    build(tmp_path)
    path = tmp_path / "metrics/dataset.json"
    sizes = {"users": 22363, "items": 12101, "reviews": 198502, "density_percent": 0.0734}
    write_json(path, read_json(path) | {"table_2": sizes})
    report(root=tmp_path)
    page = Page((tmp_path / "report/index.html").read_text(encoding="utf-8"))
    assert "gives the same model (PeaPOD-PMF (small)) other figures than its table 5" in page.text
    assert "12.98 †" in page.text


def test_published_figures_of_shared_cutoffs(tmp_path):
    from pipeline.artifacts import read_json, write_json

    build(tmp_path)
    path = tmp_path / "metrics/dataset.json"
    sizes = {"users": 19412, "items": 11924, "reviews": 167597, "density_percent": 0.0724}
    write_json(path, read_json(path) | {"table_2": sizes})
    path = tmp_path / "metrics/sequential.json"
    write_json(path, rename(read_json(path), "@3", "@5"))
    report(root=tmp_path)
    page = Page((tmp_path / "report/index.html").read_text(encoding="utf-8"))
    assert "SASRec, published" in " ".join(page.labels)
    assert "P5: NDCG@5 0.0567 stands above HR@5 0.0460, which cannot be" in page.text
    assert "0.0865" in page.text


def rename(value, old, new):
    """Nested mappings with `old` in their keys replaced."""
    if not isinstance(value, dict):
        return value
    return {key.replace(old, new): rename(part, old, new) for key, part in value.items()}


def test_provenance_has_its_place(page):
    assert [attributes for attributes in page.named("div") if attributes.get("id") == "provenance"]


def test_flatten():
    assert flatten({"a": 1, "b": {"c": [1, 2]}}) == [("a", "1"), ("b.c", "1, 2")]
    assert flatten(42) == [("value", "42")]


def test_the_headline_names_every_baseline_it_was_compared_with(html):
    headline = html[html.index('id="findings"') : html.index('id="run"')]
    assert re.search(r"(better than|worse than|not told apart from) NRT", headline)
    assert re.search(r"(better than|worse than|not told apart from) second", headline)


def test_the_headline_calls_the_models_other_answers_by_their_names():
    keys = ("most_popular", "peapod_sequential", "peapod_ease", "ease", "floor_last_item")
    gaps = {key: {} for key in keys}
    assert [label for _, label, _ in _others(gaps)] == ["PeaPOD, sequential", "PeaPOD + EASE", "EASE"]


def test_a_run_whose_identifiers_are_no_numbers_has_a_page_without_the_rules(tmp_path):
    from pipeline.artifacts import read_json, write_json

    build(tmp_path)
    for task in ("sequential", "topn"):
        path = tmp_path / f"metrics/{task}.json"
        metrics = {key: value for key, value in read_json(path).items() if "floor_" not in key}
        if "full_rank" in metrics:
            full = metrics["full_rank"]
            metrics["full_rank"] = {key: full[key] for key in full if "floor_" not in key}
        write_json(path, metrics)
    report(root=tmp_path)
    page = Page((tmp_path / "report/index.html").read_text(encoding="utf-8"))
    assert "better number rule" not in page.text
    assert "items have no numbers to go by (identifiers.method)" in page.text
