"""The code lines of a made-up dvc.yaml: written where they belong, everything else left as it is."""

from pathlib import Path

import pytest
import yaml

from tests.tools.test_closure import FILES, write
from tools.dvc_deps import main, read_stages

HEAD = "# By hand: stays.\nvars:\n  - a: 1\nstages:\n"
FIT = """\
  fit:
    desc: "it fits: quickly"   # Stays.
    cmd: >-
      python -m stages.fit
      --top 3
    deps:
      - pipeline/gone.py  # Goes.
      - data/raw.csv
      - stages/fit.py
      # About the next line.
      - ${dataset.raw}
      - data/options.csv:
          frozen: true

    outs: [data/out.csv]
"""
LOOP = """\
  looped:
    foreach: ${methods}
    do:
      cmd: python -m stages.looped ${item}
      deps:
      # What fit makes.
      - data/out.csv
      outs:
      - predictions/${item}
"""
FOREIGN = """\
  foreign:
    cmd: echo pipeline/left
    deps:
      - pipeline/left
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    write(tmp_path, "dvc.yaml", HEAD + FIT + LOOP + FOREIGN)
    return tmp_path


def text(root: Path) -> str:
    return (root / "dvc.yaml").read_text(encoding="utf-8")


def lines(*names: str) -> str:
    return "".join(f"      - {name}\n" for name in names)


def test_only_code_lines_change(root, capsys):
    main(root=root)
    wanted = FIT.replace("      - pipeline/gone.py  # Goes.\n", "").replace("      - stages/fit.py\n", "")
    wanted = wanted.replace(
        "deps:\n", f"deps:\n{lines('pipeline/left/a.py', 'pipeline/params.py', 'stages/fit.py')}"
    )
    looped = lines(
        "pipeline/methods/${item}.py",
        "pipeline/right/c.py",
        "pipeline/shared/__init__.py",
        "pipeline/shared/a.py",
        "pipeline/tables.py",
        "stages/looped.py",
    )
    assert text(root) == HEAD + wanted + LOOP.replace("deps:\n", f"deps:\n{looped}") + FOREIGN
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "  fit: +pipeline/left/a.py, +pipeline/params.py, -pipeline/gone.py"


def test_written_twice_nothing_changes_and_nothing_is_said(root, capsys):
    main(root=root)
    once = text(root)
    capsys.readouterr()
    main(root=root)
    main(root=root, check=True)
    assert (text(root), capsys.readouterr().out) == (once, "")


def test_check_says_what_to_run_and_changes_nothing(root, capsys):
    before = text(root)
    with pytest.raises(SystemExit):
        main(check=True, root=root)
    said = capsys.readouterr().err
    assert "not what the code imports; run python -m tools.dvc_deps\n  fit: +pipeline/left/a.py" in said
    assert text(root) == before
    main(root=root)
    main(root=root, check=True)


def test_the_order_alone_is_written_too(root, capsys):
    main(root=root)
    once = text(root)
    first, second = "      - pipeline/left/a.py\n", "      - pipeline/params.py\n"
    write(root, "dvc.yaml", once.replace(first + second, second + first))
    capsys.readouterr()
    main(root=root)
    assert (text(root), capsys.readouterr().out) == (once, "dvc.yaml: written anew\n  another order\n")


def test_what_no_output_depends_on_is_in_no_list(root):
    assert "pipeline/runtime/errors.py" not in [name for stage in read_stages(root) for name in stage.wanted]


def test_several_commands_count_together(root):
    write(
        root,
        "dvc.yaml",
        "stages:\n  two:\n    cmd:\n      - python -m stages.plain\n"
        "      - python -m stages.fit\n    deps: \n      - a\n",
    )
    main(root=root)
    deps = yaml.safe_load(text(root))["stages"]["two"]["deps"]
    assert deps == ["pipeline/left/a.py", "pipeline/params.py", "stages/fit.py", "stages/plain.py", "a"]


def test_a_loop_whose_command_does_not_name_its_item_depends_on_all_modules(root):
    write(root, "dvc.yaml", f"stages:\n{LOOP}".replace("stages.looped ${item}", "stages.looped one"))
    assert {"pipeline/methods/one.py", "pipeline/methods/two.py"} <= set(read_stages(root)[0].wanted)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("cmd: python -m stages.fit", "stage x: write `deps:` with a line `- stages/fit.py`"),
        ("cmd: python -m stages.fit\n    deps:", "stage x: write `deps:` with a line `- stages/fit.py`"),
        ("cmd: python -m stages.fit\n    deps: [stages/fit.py]", "stage x: write `deps:` with a line"),
        ("cmd: python -m stages.nothing\n    deps:\n      - a", "stage x: .*nothing.py: no such file"),
        (
            "cmd: python -m stages.fit\n    deps:\n      - stages/fit.py:\n          frozen: true",
            "stage x: write code among `deps:` as a path alone",
        ),
        ("cmd: [", "not readable as YAML"),
        ("cmd: a\n<<<<<<< HEAD", "not readable as YAML"),
    ],
)
def test_what_cannot_be_written_is_said(root, capsys, body, message):
    write(root, "dvc.yaml", f"stages:\n  x:\n    {body}\n")
    with pytest.raises(ValueError, match=message):
        read_stages(root)
    with pytest.raises(SystemExit):
        main(root=root)
    assert capsys.readouterr().err.startswith("error: dvc.yaml: ")


def test_the_advice_on_deps_works(root):
    body = "cmd: python -m stages.fit\n    deps:\n      - stages/fit.py\n"
    write(root, "dvc.yaml", f"stages:\n  x:\n    {body}")
    main(root=root)
    assert "      - pipeline/params.py\n" in text(root)
