"""PeaPOD: personalized prompt distillation for generative recommendation.

One way through the code; a folder imports itself and what stands to its left, never to its right
(`tests/contracts/test_architecture.py` holds it):

    data -> explanations -> language_models -> recommenders -> explainers -> embeddings -> identifiers
         -> backbones -> tasks -> prompts -> model -> training -> decoding -> serving -> evaluation
         -> audits -> report

Every folder may use the modules beside them, `params` (params.yaml to frozen, typed sections), `tables` (the
columns of every Parquet file), `artifacts` (atomic, checked reading and writing) and `randomness` (named
generators from one seed), and the folder `runtime`, what a run needs whatever it computes: `device`
(precision, threads) and its section `config`, `distributed` (several processes that share a run; `launch`
starts them), `publication` (all outputs of a stage together, or none), `fingerprint` (what unfinished work
is keyed by), `provenance` (what made a stage's outputs, in a file beside them), `progress_bar`, `logs` and
`errors`.

Shape letters, used in every tensor docstring:

    B  batch            N  users             H  attention heads
    L  input length     I  items             D  model width (d_model)
    T  target length    n  neighbours        P  prompt vectors
    V  vocabulary       K  beams             U  width of a user embedding (d_u)
"""
