import pytest
from pydantic import ValidationError

from pipeline.identifiers.config import IdentifiersConfig


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(ValidationError, match=r"'sequential', 'random', 'train_order', .*'atomic'"):
        IdentifiersConfig(method="alphabetical", clusters=20)
