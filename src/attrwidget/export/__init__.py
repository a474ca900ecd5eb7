"""The offline page: one HTML file that plays the saved scores to the same views."""
