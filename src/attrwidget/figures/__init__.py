"""A still figure for a paper: one picture of what is shown, and a file for each format."""
