"""The table of the full size, worked by hand."""

import json
from pathlib import Path

from benchmarks.growth import review_lines
from benchmarks.scale import REVIEWS, USERS, growing, main, others

MIB = 2**20


def row(reviews: int, seconds: float, peak: int) -> dict:
    return {"stage": "preprocess", "reviews": reviews, "cpu_seconds": seconds, "peak_mib": peak}


def test_a_stage_at_full_size_by_hand() -> None:
    # The smallest size has no say: there the start of Python is most of it.
    (found,) = growing([row(10, 99.0, 99), row(1_000_000, 20.0, 2048), row(500_000, 10.0, 1024)])
    assert found["measured_at"] == "500,000 and 1,000,000 reviews"
    assert found["reviews_per_second_and_core"] == 50_000
    assert found["core_days_at_full_size"] == round(REVIEWS / 50_000 / 86_400, 2)
    assert found["bytes_per_review"] == round(1024 * MIB / 500_000)
    # 2 GiB per million: 22 GiB more hold 11 million more.
    assert abs(found["million_reviews_in_24_GiB"] - 12) < 0.3


def test_memory_that_does_not_grow_sets_no_bound() -> None:
    (found,) = growing([row(1, 1.0, 500), row(101, 2.0, 499)])
    assert found["bytes_per_review"] == 0
    assert found["million_reviews_in_24_GiB"] is None


def test_pairs_of_users_grow_with_their_square_and_questions_with_their_number() -> None:
    neighbours = {"exact": [{"users": USERS // 1000, "width": 64, "seconds": 0.0864}]}
    generation = {
        "benchmark": "generation",
        "shape": "d128",
        "precision": "fp32",
        "tasks": {"topn": {"ours": {"users_per_second": USERS / 864_000}}},
    }
    days = [one["machine_days_at_full_size"] for one in others([neighbours, generation])]
    assert days == [1.0, 10.0]


def test_the_page_has_the_tables(tmp_path: Path) -> None:
    engine = {"work": "extraction", "engine": "ray", "workers": 2, "reviews_per_second": 7.5}
    found = {"command": "python -m benchmarks.x --json", "machine": "two cores"}
    (tmp_path / "r.json").write_text(
        json.dumps(found | {"engines": [engine]}) + "\n" + json.dumps(found | {"growth": [row(1, 1.0, 1)]})
    )
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n")
    main([tmp_path / "r.json"], page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert "| extraction | ray | 2 | 7.500 |" in text
    assert "| preprocess | 1 | 1.000 | 1 |" in text
    assert "`python -m benchmarks.x --json` | two cores" in text


def test_made_up_reviews_are_ten_a_user_and_item_and_none_twice() -> None:
    read = [json.loads(one) for one in review_lines(3000) if one.strip()]
    pairs = [(one["user_id"], one["parent_asin"]) for one in read]
    assert len(set(pairs)) == len(pairs) == 3000
    assert {sum(pair[0] == name for pair in pairs) for name in {pair[0] for pair in pairs}} == {10}
