from pipeline.explainers.config import ExplanationBaseline
from tests.explainers.contract import ExplanationContract


class TestAtt2Seq(ExplanationContract):
    name = ExplanationBaseline.ATT2SEQ
