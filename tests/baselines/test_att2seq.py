from pipeline.baselines.explanation.config import ExplanationBaseline
from tests.baselines.explanation_contract import ExplanationContract


class TestAtt2Seq(ExplanationContract):
    name = ExplanationBaseline.ATT2SEQ
