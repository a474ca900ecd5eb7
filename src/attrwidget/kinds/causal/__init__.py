"""Causal language models, which continue a text."""
