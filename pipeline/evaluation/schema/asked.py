"""What a language model answered, as experiments/results/asked has it by model and data."""

from pipeline.evaluation.schema.document import Comparisons, Count, Number


class AskedMetrics(Comparisons):
    """Figures of ways to ask a language model, with what each is compared with.

    Attributes:
        title: what was asked, of which data.
        model: the file or name of the model.
        tests: how many users were asked about.
        seconds: what each way to ask took.
        base: what the others are compared with, "" where nothing is.
    """

    title: str
    model: str
    tests: Count
    seconds: dict[str, Number]
    base: str = ""
