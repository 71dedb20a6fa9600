"""A trained model that answers: `from pipeline.serving import Predictor`."""

from pipeline.serving.predictor import Predictor as Predictor
