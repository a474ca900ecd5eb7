"""Static renderings: a table in a terminal, HTML without script, sentences."""
