"""The offline page: one HTML file with the same views."""
