"""Whether this clone keeps what an experiment makes: asked before DVC starts, and again when it has ended.

DVC runs an experiment in a copy of the repository and fetches the result into this one. In a shallow clone
that fails without a word, in a partial one with an unexpected error.
"""

from collections.abc import Iterable
from pathlib import Path

from dvc.repo import Repo

from experiments.presets import HERE
from experiments.runs import Run, git, parameter
from pipeline.artifacts import ArtifactError


def check_repository(folder: Path = HERE.parent) -> str:
    """Return the commit that experiments start from, in the working folder.

    Raises ArtifactError where DVC would refuse them or lose what they make, with the command that helps.
    `folder` is the project's, for the message.
    """
    if not Path("dvc.yaml").is_file():
        raise ArtifactError(
            f"no dvc.yaml in {Path.cwd()}: experiments run in the project's folder: cd {folder}"
        )
    if not Path(".dvc/config").is_file():
        raise ArtifactError(f"no .dvc/config in {Path.cwd()}: git sparse-checkout disable, or clone anew")
    if _fails("not a git repository", "rev-parse", "--git-dir"):
        raise ArtifactError(
            f"{Path.cwd()} is no git repository, and DVC keeps experiments in git: "
            "git init && git add -A && git commit -m 'PeaPOD as downloaded'"
        )
    if _fails("Needed a single revision", "rev-parse", "--verify", "HEAD"):
        raise ArtifactError(
            "this repository has no commit, and an experiment starts from one: "
            "git add -A && git commit -m 'PeaPOD as downloaded'"
        )
    if git("rev-parse", "--is-shallow-repository").strip() == "true":
        raise ArtifactError(
            "this is a shallow clone, in which DVC loses experiments: git fetch --unshallow "
            "(in GitHub Actions: actions/checkout with fetch-depth: 0)"
        )
    missing = git("rev-list", "--objects", "--missing=print", "HEAD").count("\n?")
    if missing:
        raise ArtifactError(
            f"this is a partial clone ({missing} objects missing), in which DVC can't run experiments: "
            "git fetch --refetch --no-filter"
        )
    unmerged = git("diff", "--name-only", "--diff-filter=U").split("\n")[:-1]
    if unmerged:
        raise ArtifactError(
            f"a merge has left conflicts in {', '.join(unmerged)}: mend and commit them, or git merge --abort"
        )
    return git("rev-parse", "HEAD").strip()


def check_names(titles: Iterable[str], start: str, force: bool) -> None:
    """Raise ArtifactError for the first experiment that DVC would refuse, or let overwrite another.

    That is one that ran already at the commit `start`, or is in the queue; with `force`, one that runs.
    """
    queue = waiting()
    for title in titles:
        if queue.get(title) == "Running":
            raise ArtifactError(
                f"experiment {title} is running in the queue; `dvc queue kill {title}` ends it"
            )
        if force:
            continue
        if title in queue:
            raise ArtifactError(f"experiment {title} is queued: `dvc queue start` runs it, --force drops it")
        commit = commit_at(title, start)
        if commit is not None:
            raw = parameter(Run(title, commit).params, "dataset.raw")
            raise ArtifactError(
                f"experiment {title} ran already (with --raw {raw}): `dvc exp apply {title}` brings its "
                "outputs here, --force drops it and runs anew"
            )


def commit_at(title: str, start: str) -> str | None:
    """Return the commit of the experiment called `title` that started from the commit `start`, or None."""
    found = git("for-each-ref", "--format=%(objectname)", f"refs/exps/{start[:2]}/{start[2:]}/{title}")
    return found.strip() or None


def waiting() -> dict[str, str]:
    """Return the experiments of DVC's queue that haven't ended, Queued or Running, by name."""
    with Repo() as repo:
        tasks = repo.experiments.celery_queue.status()
    return {task["name"]: task["status"] for task in tasks if task["status"] in ("Queued", "Running")}


def _fails(fault: str, *arguments: str) -> bool:
    """Return whether a git command fails with `fault`; where it fails otherwise, ArtifactError is raised."""
    try:
        git(*arguments)
    except ArtifactError as error:
        if fault in str(error):
            return True
        raise
    return False
