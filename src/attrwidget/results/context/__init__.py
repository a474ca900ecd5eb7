"""Context reliance: what a context changed in the answer, and which of its words did it."""
