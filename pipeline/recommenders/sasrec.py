"""SASRec: self-attention over the newest items (Kang and McAuley, ICDM 2018), with cross-entropy.

Over all items. `sasrec_bce` is the same with its original loss: its result depends on it (docs/baselines.md).
"""

from pipeline.recommenders.parts.every_step import cross_entropy, next_steps

FIT = next_steps(cross_entropy)
