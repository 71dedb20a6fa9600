"""Presets as lists of parameter overrides, and the command that hands one to `dvc exp run`."""
