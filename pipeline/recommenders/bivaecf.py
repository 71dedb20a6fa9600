"""BiVAECF: a bilateral variational autoencoder (Truong et al., WSDM 2021)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import autoencoder

FIT = by_user(
    lambda models, settings, seed: models.BiVAECF(
        encoder_structure=[settings["hidden"]], **autoencoder(settings, seed)
    ),
    lambda model, data: (model.get_user_vectors(), model.get_item_vectors()),
)
