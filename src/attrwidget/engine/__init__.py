"""The trace: one run of one model over one text, and all that is read from it."""
