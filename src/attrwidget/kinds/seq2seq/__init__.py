"""Encoder–decoder language models, which write a text to a source."""
