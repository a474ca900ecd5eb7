"""Explain a data set: texts in shards, by several workers, into a folder that is opened as a collection."""
