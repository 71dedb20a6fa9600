"""SASRec (Kang and McAuley, ICDM 2018) with its original loss: binary, against sampled items."""

from pipeline.recommenders.parts.every_step import binary_cross_entropy, next_steps

FIT = next_steps(binary_cross_entropy)
