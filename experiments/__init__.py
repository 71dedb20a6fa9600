"""Presets and sweeps as data, and the commands that run them with `dvc exp run` and make tables of them.

`presets` and `sweeps` read the YAML files, `__main__` runs them. Of finished experiments `runs` reads what
they left in git and DVC's cache, `scores` scores their predictions by user, `comparison` compares these,
`collection` makes one document of a sweep, `tables` stores and shows it; `results` writes docs/results.md.
"""

# Ends with what to type where the environment isn't active.
import stages  # noqa: F401
