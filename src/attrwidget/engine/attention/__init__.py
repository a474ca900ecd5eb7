"""Attention of any layer and head: recorded as queries and keys, rebuilt when asked for."""
