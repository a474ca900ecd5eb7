"""Turn the arguments of ``scores`` into a request (target, foil, units); keep and describe its scores."""
