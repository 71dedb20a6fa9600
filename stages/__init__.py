"""Stages and commands: `python -m stages.NAME`, with the Python that `make install` sets up."""

import importlib.util
import sys

# Read by whatever Python there is, so in words that an old one knows: no traceback where it's another.
if sys.version_info < (3, 11) or not all(map(importlib.util.find_spec, ("typer", "pydantic", "pyarrow"))):
    sys.exit(
        "error: {} (Python {}.{}) hasn't what PeaPOD needs. Activate the environment first: "
        "source .venv/bin/activate (`make install` makes it), or type make repro".format(
            sys.executable, *sys.version_info[:2]
        )
    )
