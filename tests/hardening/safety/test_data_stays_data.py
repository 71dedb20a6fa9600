"""Ids and texts from data are never paths, markup or secrets' company."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.artifacts import read_table
from stages.preprocess import main
from tests.end_to_end.runs import parameters

ROOT = Path(__file__).resolve().parents[3]
SECRET = "hf_0123456789abcdefghijklmnopqrstuvwx"


def write_raw(folder, prefix):
    lines = [
        {
            **{"reviewerID": f"{prefix}U{user}", "asin": f"{prefix}I{item}", "overall": 4.0},
            **{"unixReviewTime": 1393545600 + item, "reviewText": "fine", "reviewerName": "Zoe"},
        }
        for user in range(4)
        for item in range(6)
        if user != item
    ]
    (folder / "raw.json").write_text("\n".join(map(json.dumps, lines)) + "\nbroken\n")
    dataset = {"raw": str(folder / "raw.json"), "core": 0, "negatives": 1, "bad_records": "quarantine"}
    cutoffs = {"sequential_cutoffs": [1, 2], "topn_cutoffs": [1, 2]}
    parameters(folder, {"dataset": dataset, "evaluation": cutoffs, "neighbours.count": 3})


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "prefix", ["../../../", "/etc/", "..\\..\\", "a\u0000b/", "~/", "$(touch x)", "a/../"]
)
def test_ids_that_look_like_paths_name_no_file(tmp_path, monkeypatch, prefix):
    names = []
    for prefix_of_ids, name in (("", "plain"), (prefix, "hostile")):
        folder = tmp_path / "a/b/c" / name
        folder.mkdir(parents=True)
        write_raw(folder, prefix_of_ids)
        monkeypatch.chdir(folder)
        main(folder)
        names.append(files(folder))
    # The same files for any ids, and none elsewhere.
    assert names[0] == names[1]
    assert len(files(tmp_path)) == len(names[0]) * 2
    ids = read_table(folder / "data/preprocessed/users.parquet", tables.USERS)["user_id"].to_pylist()
    assert ids == [f"{prefix}U{user}" for user in range(4)]


def test_the_environments_secrets_reach_neither_outputs_nor_logs(tmp_path):
    write_raw(tmp_path, "")
    secrets = dict.fromkeys(("HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PASSWORD"), SECRET)
    command = [sys.executable, "-m", "stages.preprocess", "--root", "."]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **secrets, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert SECRET.encode() not in done.stdout + done.stderr
    written = files(tmp_path)
    assert "metrics/dataset.json" in written
    assert [name for name in written if SECRET.encode() in (tmp_path / name).read_bytes()] == []


SECRETS = re.compile(
    r"hf_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|sk-[A-Za-z0-9]{40,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|xox[abp]-[0-9A-Za-z-]{20,}|://[^/\s:@'\"{}]+:[^/\s:@'\"{}]+@"
)
CREDENTIALS = re.compile(
    r"(?i)(password|passwd|secret|token|access_key|credential|sas_|connection_string|auth)\w*\s*[:=]"
)


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    own = Path(__file__).relative_to(ROOT).as_posix()
    return [name for name in listed.split("\0") if name and name != own]


def test_no_committed_file_holds_a_secret():
    if not (ROOT / ".git").exists():
        pytest.skip("no git repository here")
    found = []
    for name in tracked():
        path = ROOT / name
        if path.is_file() and SECRETS.search(path.read_bytes().decode("utf-8", errors="replace")):
            found.append(name)
    assert found == []


def test_the_search_for_secrets_finds_some():
    for text in (SECRET, "AKIA" + "A" * 16, "https://me:pass@host/x", "-----BEGIN RSA PRIVATE KEY"):
        assert SECRETS.search(text)
    assert not SECRETS.search("https://user@host/x hf_token HF_TOKEN=")
    for text in ("password = x", "    secret_access_key = x", "token: y"):
        assert CREDENTIALS.search(text)


@pytest.mark.parametrize("name", [".dvc/config", "params.yaml", "dvc.yaml"])
def test_configuration_names_no_credentials(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    # `explanation_tokens: 20` and `tokenizer:` are no credentials.
    kept = [line for line in lines if not re.match(r"\s*(\w+_tokens|tokenizer)\s*:", line)]
    assert [line for line in kept if CREDENTIALS.search(line)] == []


def test_dvcs_place_for_secrets_is_ignored_by_git():
    assert "/config.local" in (ROOT / ".dvc/.gitignore").read_text(encoding="utf-8").splitlines()
