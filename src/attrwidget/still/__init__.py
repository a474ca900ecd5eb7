"""Renderings that do not move: a table in a terminal, static HTML, sentences."""
