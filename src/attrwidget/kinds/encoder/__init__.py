"""Parts of all models that read a whole text at once; each head is a file beside this folder."""
