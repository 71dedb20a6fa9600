"""The metrics files of audits."""

from typing import ClassVar

from pydantic import Field

from pipeline.evaluation.schema.document import Comparisons, Count


class AuditMetrics(Comparisons):
    """`metrics/audits/NAME.json`: figures of every method's sequential lists.

    Attributes:
        users: test users.
        groups: by kind and group, how many users or items are in it.
    """

    file: ClassVar[str] = "audits/{name}.json"

    users: Count
    groups: dict[str, Count] = Field(default_factory=dict)
