"""Ways to use attrwidget without writing Python: the command line and the Voilà app."""
