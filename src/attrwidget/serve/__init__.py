"""The server of a model: one process owns it, and many clients ask."""
