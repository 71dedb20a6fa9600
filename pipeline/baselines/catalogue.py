"""Every recommendation baseline by name."""

from pipeline.baselines.caser import build_caser
from pipeline.baselines.cornac_catalogue import CORNAC
from pipeline.baselines.fdsa import build_fdsa
from pipeline.baselines.hgn import build_hgn
from pipeline.baselines.lightgcn import fit_lightgcn
from pipeline.baselines.nearest_neighbours import fit_item_neighbours, fit_user_neighbours
from pipeline.baselines.next_item import binary_loss, full_loss, own_model, pairwise_loss
from pipeline.baselines.popularity import fit_most_popular
from pipeline.baselines.s3rec_pretraining import build_s3rec
from pipeline.baselines.training_data import Fit

RECOMMENDERS: dict[str, Fit] = CORNAC | {
    "most_popular": fit_most_popular,
    "item_knn": fit_item_neighbours,
    "user_knn": fit_user_neighbours,
    "lightgcn": fit_lightgcn,
    "caser": own_model(build_caser, binary_loss),
    "hgn": own_model(build_hgn, pairwise_loss),
    "fdsa": own_model(build_fdsa, full_loss),
    "s3rec": own_model(build_s3rec, full_loss),
}
