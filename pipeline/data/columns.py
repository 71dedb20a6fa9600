"""Which column of a table says what: told by the names that public datasets use, or by `dataset.table`."""

import re
from collections.abc import Sequence

from pipeline.data.config import AUTO, NONE, TableConfig
from pipeline.data.records import DatasetError, shortened

ROLES = ("user", "item", "rating", "timestamp", "summary", "text")
NEEDED = ("user", "item")
_KNOWN = {
    "user": "user_id user reviewer_id customer_id username uid user_name customer member_id visitor_id "
    "author_id steam_id profile_id account_id",
    # parent_asin joins the variants (size, color) of one product.
    "item": "parent_asin asin item_id item iid movie_id business_id book_id product_id isbn product app_id "
    "game_id artist_id track_id song_id gmap_id recipe_id anime_id beer_id article_id news_id "
    "content_id movie",
    "rating": "rating ratings overall stars star_rating review_overall review_score score book_rating "
    "rating_score",
    "timestamp": "timestamp unix_review_time unix_timestamp unix_time time datetime date created_at "
    "review_date review_time date_added event_time",
    "summary": "summary review_summary review_title review_headline title",
    "text": "text review_text review_body review content comment",
}
"""Best first; what is no letter or digit doesn't count, nor does the case."""
_TYPES = re.compile(r":(token|float|token_seq|float_seq)$")
"""What RecBole writes behind the names of its columns."""
_MOST_SHOWN = 30


def _normalized(name: str) -> str:
    return re.sub(r"[\W_]", "", _TYPES.sub("", name.strip())).lower()


_ALIASES = {role: [_normalized(name) for name in names.split()] for role, names in _KNOWN.items()}


def is_header(names: Sequence[str], config: TableConfig) -> bool:
    """Tell whether a table's first row names its columns: users and items are among them, as it seems."""
    try:
        found = find_columns(names, config)
    except DatasetError:
        return False
    return set(NEEDED) <= set(found)


def find_columns(names: Sequence[str], config: TableConfig) -> dict[str, str]:
    """Return the column of each role that has one, users and items among them.

    Raises DatasetError, its message without the file, where it isn't clear which column a role has.
    """
    found = {role: name for role in ROLES if (name := _column(role, names, config)) is not None}
    if missing := [role for role in NEEDED if role not in found]:
        keys = [f"dataset.table.{role}" for role in missing]
        settings = " ".join(["-S dataset.format=table", *(f"-S '++{key}=NAME'" for key in keys)])
        raise DatasetError(
            f"which column names the {' and which the '.join(missing)} isn't clear: {_told(names)}. Set "
            f"{' and '.join(keys)} to a column's name, or to its number from 1 where no line names columns, "
            f"and dataset.format to table; on a command line: {settings}"
        )
    for name in found.values():
        if names.count(name) > 1:
            raise DatasetError(f"the column {shortened(name)} stands {names.count(name)} times, once wanted")
    return found


def _column(role: str, names: Sequence[str], config: TableConfig) -> str | None:
    wanted = str(getattr(config, role))
    if wanted == NONE and role not in NEEDED:
        return None
    if wanted not in (AUTO, NONE):
        if wanted in names:
            return wanted
        raise DatasetError(f"dataset.table.{role} is {shortened(wanted)}; {_told(names)}")
    by_alias: dict[str, str] = {}
    for name in names:
        # Of two spellings of one name neither is clearly meant; of one name twice `find_columns` tells.
        if by_alias.setdefault(_normalized(name), name) != name and _normalized(name) in _ALIASES[role]:
            raise DatasetError(
                f"two columns for the {role}, {by_alias[_normalized(name)]} and {name}: "
                f"set dataset.table.{role} to one of them"
            )
    return next((by_alias[alias] for alias in _ALIASES[role] if alias in by_alias), None)


def _told(names: Sequence[str]) -> str:
    shown = ", ".join(shortened(name) for name in names[:_MOST_SHOWN])
    return f"the columns are {shown}{', ...' if len(names) > _MOST_SHOWN else ''}"
