"""Tiny models that have learnt a rule, so that the inputs that matter are known: a truth for every method."""
