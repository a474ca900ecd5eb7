"""Files, and other libraries' results."""
