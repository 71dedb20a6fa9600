"""A model that is trained anew, for benchmarks that leave some of the data out."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tools.dvc_deps import stage_names


def train_in(work: Path, document: dict[str, Any], root: Path) -> None:
    """Run the stages from `preprocess` to `train` in the folder `work`, with `document` as its params.yaml.

    The baselines' parameters are those of `root`.
    """
    (work / "params.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    shutil.copyfile(root / "baselines.yaml", work / "baselines.yaml")
    names = stage_names()
    for stage in names[names.index("preprocess") : names.index("train") + 1]:
        subprocess.run([sys.executable, "-m", f"stages.{stage}", "--root", str(work.resolve())], check=True)
