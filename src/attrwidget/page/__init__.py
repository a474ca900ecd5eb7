"""What a live page and an exported one have in common: content, packed scores, checks, the built front end."""
