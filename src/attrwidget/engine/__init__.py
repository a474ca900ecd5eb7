"""One run of one model over one text, and what can be read from it: the trace."""
