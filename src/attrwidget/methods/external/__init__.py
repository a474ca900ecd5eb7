"""Methods that other libraries compute, each imported only when it is used."""
