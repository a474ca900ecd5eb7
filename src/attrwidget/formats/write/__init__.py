"""From an explanation to files and other libraries' results."""
