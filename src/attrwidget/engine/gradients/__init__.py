"""Gradients of all generated tokens at once: batched, in segments, checked against autograd."""
