import torch
from hypothesis import settings

# Models here are tiny: threads would only wait for each other.
torch.set_num_threads(1)

# A busy machine is no fault of the code: no test fails for the time that it takes.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
