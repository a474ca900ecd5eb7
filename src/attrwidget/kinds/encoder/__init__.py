"""What models that read a whole text at once have in common; their heads are the files beside this folder."""
