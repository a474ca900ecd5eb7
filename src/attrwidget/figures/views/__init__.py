"""What is drawn of each view: a file for each."""
