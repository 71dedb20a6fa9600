"""What a step of training makes smaller, where answers are items: one file per objective.

`config` names them, `registry` makes them, `base` says what each is given.
"""
