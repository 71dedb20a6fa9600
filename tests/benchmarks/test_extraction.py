"""The extraction benchmark as a user runs it, on files of a few lines, and its scores by hand."""

import gzip
import json
import zipfile

import pytest

from benchmarks import extraction_hu_liu as hu_liu
from benchmarks import extraction_tables as tables
from benchmarks.extraction import main
from benchmarks.extraction_aste import (
    AsteError,
    Labelled,
    Score,
    ablation,
    after_corpus_pass,
    count,
    figures,
    read_aste,
    without_context,
)
from benchmarks.extraction_hu_liu import HuLiuError, normal, parse_labels
from pipeline.explanations.extraction import Extractor, Finding
from pipeline.explanations.polarity import PriorPolarity

LINES = [
    "The sound is great .####[([1], [3], 'POS')]",
    "The strap broke .####[([1], [2], 'POS')]",
    "Great blade and a dull handle .####[([1], [0], 'POS'), ([5], [4], 'NEU')]",
    "I bought it in May .####[]",
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "any.txt"
    path.write_text("\n".join(LINES) + "\n\n", encoding="utf-8")
    return path


def test_scores_by_hand():
    score = Score(right=2, found=4, labelled=8)
    assert (score.precision, score.recall) == (0.5, 0.25)
    assert score.f1 == pytest.approx(1 / 3)
    assert Score(0, 0, 0) == count([], [])
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall, Score(0, 0, 0).f1) == (0.0, 0.0, 0.0)


def test_a_pair_may_be_right_where_its_polarity_is_not(file):
    findings = [
        [Finding((1, 2), (3, 4), 1, "predicative")],
        [Finding((1, 2), (2, 3), -1, "verdict")],
        [],
        [Finding((0, 1), (1, 2), 1, "taste")],
    ]
    found = figures(read_aste(file), findings)
    assert (found["labelled"], found["found"]) == (4, 3)
    assert (found["triplet_precision"], found["triplet_recall"]) == (0.3333, 0.25)
    assert (found["pair_precision"], found["pair_recall"]) == (0.6667, 0.5)
    rows = ablation(read_aste(file), findings, PriorPolarity())
    assert {rule: (number, right) for rule, number, right, _ in rows} == {
        "predicative": (1, 1.0),
        "taste": (1, 0.0),
        "verdict": (1, 0.0),
        "context of opinions": (0, 0.0),
        "features that hold up": (0, 0.0),
    }


def test_without_its_context_an_opinion_is_its_last_word(file):
    finding = Finding((1, 2), (2, 4), -1, "predicative")
    assert without_context(finding, ["The", "sound", "not", "great"], PriorPolarity()) == Finding(
        (1, 2), (3, 4), 1, "predicative"
    )


def test_the_corpus_pass_keeps_frequent_features_that_hold_up():
    filler = Labelled(["the"] * 1000, frozenset())
    sentences = [*[Labelled(["my", "solid", "state", "amp"], frozenset())] * 5, filler]
    found = [[Finding((2, 4), (1, 2), 1, "attributive")]] * 5 + [[Finding((0, 1), (0, 1), 1, "rare")]]
    assert after_corpus_pass(sentences, found, holding=False) == [*found[:5], []]
    # "solid" stands before it each time, and is rare: a piece of "solid state amp".
    cut = [Finding((3, 4), (1, 2), 1, "attributive")]
    assert after_corpus_pass(sentences, found, holding=True) == [*[cut] * 5, []]


def test_spans_with_gaps_are_never_matched_by_their_hull(tmp_path):
    path = tmp_path / "gap.txt"
    path.write_text("The sound of it is great .####[([1, 3], [5], 'POS')]\n", encoding="utf-8")
    assert figures(read_aste(path), [[Finding((1, 4), (5, 6), 1, "x")]])["pair_f1"] == 0.0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("The sound is great .", r"line 1: found 'The sound is great .', wanted sentence####"),
        ("a b####[([0], [1], 'GOOD')]", "polarity is 'GOOD', wanted POS, NEG or NEU"),
        ("a b####[([0], [2], 'POS')]", r"indices are \[2\], wanted some from 0 to 1"),
        ("a b####[([], [1], 'POS')]", r"indices are \[\]"),
        ("a b####[(0, 1)]", "wanted .*indices"),
        ("a b####__import__('os')", "wanted .*indices"),
    ],
)
def test_bad_lines_are_named(tmp_path, line, message):
    path = tmp_path / "bad.txt"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(AsteError, match=message):
        read_aste(path)


def test_json_prints_one_json_line_a_file_and_nothing_else(file, capsys):
    main([file, file], json_only=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 2
    assert lines[0]["triplet_recall"] == 0.5
    assert lines[0]["pair_recall"] == 1.0
    assert lines[0]["sentences_per_second"] > 0


def test_without_json_the_rules_are_told_apart(file, capsys):
    main([file])
    assert "| attributive | 2 | 0.500 |" in capsys.readouterr().out


def test_an_empty_file_has_no_scores(tmp_path, capsys):
    (tmp_path / "none.txt").write_text("", encoding="utf-8")
    main([tmp_path / "none.txt"], json_only=True)
    assert json.loads(capsys.readouterr().out)["triplet_f1"] == 0.0


def test_nothing_named_is_a_clear_error(capsys):
    with pytest.raises(SystemExit):
        main()
    assert "name ASTE files, --hu-liu or --reviews" in capsys.readouterr().err


def test_hu_liu_labels():
    labels = parse_labels("picture quality[+3], use[-1][u], lens [+], odd, size[2], manual[-2][p]")
    assert [(sorted(label.words), label.sign, label.named) for label in labels] == [
        (["picture", "quality"], 1, True),
        (["use"], -1, False),
        (["len"], 1, True),
        (["manual"], -1, False),
    ]
    assert normal("Strings") == normal("string")
    assert parse_labels("") == []


def test_hu_liu_shares(tmp_path, capsys):
    path = tmp_path / "reviews.zip"
    text = (
        "*head##x\n[t]a title##\nsound[+2]##the sound quality is great .\nstrap[+1]##the strap is flimsy .\n"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/Knife.txt", text + "price[-1]##i bought it .\n##no label here .\n")
        archive.writestr("a/README.txt", "b[+1]##never read\n")
    main(hu_liu_zip=path, json_only=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["sentences"], found["labels"]) == (4, 3)
    assert (found["found_exact"], found["found_overlap"]) == (0.3333, 0.6667)
    assert found["polarity_agreement"] == 0.5


def test_hu_liu_wants_its_archive(file):
    with pytest.raises(HuLiuError, match=r"product_reviews_1\.zip wanted"):
        hu_liu.benchmark(file, Extractor())


def test_speed_has_its_ratio(tmp_path, capsys):
    record = {"reviewerID": "u", "asin": "i", "overall": 5.0, "unixReviewTime": 1400000000}
    texts = ["The sound is great.", "", "I love the strap."] * 20
    lines = (json.dumps({**record, "reviewText": text}) for text in texts)
    path = tmp_path / "raw.json.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    main(reviews=path, json_only=True, markdown=tmp_path / "page.md")
    found, agreement = map(json.loads, capsys.readouterr().out.splitlines())
    assert agreement["prior_polarity_agreement"] == agreement["corpus_polarity_agreement"] == 1.0
    assert agreement["corrected_pairs"] == 0
    assert found["reviews"] == 40
    assert found["speed_ratio_to_textblob"] > 0
    assert 10 < found["peak_memory_mib"] < 1024
    assert "speed ratio to textblob" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_markdown_replaces_what_stands_between_the_marks(tmp_path):
    page = tmp_path / "page.md"
    begin = tables.BEGIN.format("figures")
    end = tables.END.format("figures")
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    tables.write(page, "a command", [("Title", [{"some_share": 0.5, "count": 1200}]), ("Empty", [])])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{begin}\nMade by `a command`.")
    assert text.endswith(f"| 0.500 | 1,200 |\n{end}\nafter\n")
    assert "old" not in text
    assert "Empty" not in text
