"""Remove a user from all that stages make: `python -m tools.remove_user USER`, then `dvc repro`."""

from pathlib import Path

import typer

from pipeline.data.config import DatasetConfig
from pipeline.data.records import DatasetError, Faults
from pipeline.data.removal import read_removed, removal_mark, write_removed
from pipeline.data.source import open_source
from pipeline.params import Section, read_params
from pipeline.runtime.errors import clear_errors
from tools.run_dvc import run_dvc

TOLD = """{records} records of this user in {raw}; {list} now names the user by a mark.
1. dvc repro runs the stages below anew, without the user: data, weights, predictions, figures, report.
2. git commit what changed ({list}, dvc.lock, metrics/), or the next checkout brings the user back.
3. dvc gc --workspace (with --cloud for the remote) drops the earlier outputs from the cache, rm -rf runs
   unfinished work. Other branches, tags and clones need the same.
4. {raw} itself isn't changed: if it's yours, delete the records there too.
Stages that run anew:"""


class Params(Section):
    """What this command reads of params.yaml."""

    dataset: DatasetConfig


def records_of(user: str, config: DatasetConfig) -> int:
    """Count a user's records in the raw source; bad records, which name nobody, don't count."""
    raw = Path(config.raw)
    read = open_source(raw, config.format, iter, table=config.table).interactions(Faults(raw, stop=False))
    return int((read.users == read.user_ids.index(user)).sum()) if user in read.user_ids else 0


@clear_errors
def main(user: str) -> None:
    """Have preprocess leave USER (a raw id) out, and say which stages must run anew."""
    config = read_params(Params, Path("params.yaml")).dataset
    listed = Path(config.removed_users)
    marks = read_removed(listed)
    records = records_of(user, config)
    if not records:
        raise DatasetError(f"{config.raw}: no record of user {user!r}, wanted a raw id; nothing was changed")
    write_removed(listed, marks | {removal_mark(user)})
    print(TOLD.format(records=records, raw=config.raw, list=listed), flush=True)
    if run_dvc("repro", "--dry", "--force", "--downstream", "preprocess"):
        raise DatasetError(
            "the user is on the list, but dvc can't tell which stages follow (above); dvc repro"
        )


if __name__ == "__main__":
    typer.run(main)
