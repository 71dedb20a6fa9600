from hypothesis import settings

# The tests share their machine: a slow example is no fault.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
