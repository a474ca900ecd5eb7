"""What models that read a whole text at once share; each head is a file beside this folder."""
