"""How the releases of Amazon reviews name their fields."""

from dataclasses import dataclass

EARLIEST = 631152000  # 1990-01-01
LATEST = 4102444800  # 2100-01-01


@dataclass(frozen=True)
class Layout:
    """Names of a release's fields; `per_second` timestamp units make a second."""

    name: str
    user: str
    item: str
    rating: str
    timestamp: str
    summary: str
    text: str
    per_second: int


_FIELDS_2014 = ("reviewerID", "asin", "overall", "unixReviewTime", "summary", "reviewText", 1)
LAYOUTS = {
    "amazon2014": Layout("amazon2014", *_FIELDS_2014),
    "amazon2018": Layout("amazon2018", *_FIELDS_2014),
    # parent_asin joins the variants (size, color) of one product.
    "amazon2023": Layout(
        "amazon2023", "user_id", "parent_asin", "rating", "timestamp", "title", "text", 1000
    ),
}
