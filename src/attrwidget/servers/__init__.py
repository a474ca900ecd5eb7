"""Servers that speak OpenAI's protocols, asked through the official client: ``client.py``, ``server.py``."""
