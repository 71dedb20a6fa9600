"""Commands beside the stages: what checks parameters, dvc.yaml and runs, fetches data, removes a user."""

# Ends with what to type where the environment isn't active.
import stages  # noqa: F401
