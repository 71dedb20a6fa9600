"""What stage `identifiers` writes."""

from pathlib import Path

from pipeline.artifacts import write_json, write_table
from pipeline.identifiers.base import Identifiers
from pipeline.identifiers.new_items import save_naming
from pipeline.tables import ITEM_IDENTIFIERS, USER_IDENTIFIERS


def save_identifiers(folder: Path, found: Identifiers, method: str) -> None:
    """Write the names of users and items, their symbols, and what names new items, into `folder`."""
    items = len(found.items)
    users = {"user": range(len(found.users)), "mention": found.users, "number": found.user_numbers}
    columns = {
        "item": range(items),
        "mention": found.items,
        "answer": found.answers,
        "number": [None] * items if found.item_numbers is None else found.item_numbers,
        "codes": [None] * items if found.codes is None else found.codes,
    }
    write_table(folder / "users.parquet", USER_IDENTIFIERS, users)
    write_table(folder / "items.parquet", ITEM_IDENTIFIERS, columns)
    write_json(folder / "symbols.json", found.symbols)
    save_naming(folder / "new_items", method, found.new_items)
