"""What a page is given, live or exported: content, packed scores, checks, the built front end."""
