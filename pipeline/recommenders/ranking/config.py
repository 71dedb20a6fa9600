"""Section `teacher` of params.yaml."""

from pydantic import Field, field_validator

from pipeline.params import Section
from pipeline.recommenders.config import RECOMMENDERS

NO_TEACHER = "none"
"""`teacher.method` where the data alone teaches."""


class TeacherConfig(Section):
    """A recommender whose choices the sequential task learns from, too: docs/decisions, 0020."""

    method: str = "none"
    """none, or a baseline: cooccurrence, ease, ... Set and searched as in section `baselines`."""

    draws: int = Field(default=64, ge=1)
    """Items that the teacher gives per prefix, of which each walk takes one."""

    sharpness: float = Field(default=1.5, gt=0)
    """They are drawn by p ** sharpness.

    p is fitted to validation by likelihood, as an assistant's; 1 takes it as it is, more favours what the
    teacher ranks first.
    """

    @field_validator("method")
    @classmethod
    def _there_is(cls, method: str) -> str:
        if method not in (NO_TEACHER, *RECOMMENDERS):
            raise ValueError(f"no baseline has this name; there are {', '.join(RECOMMENDERS)}, or none")
        return method
