"""The kinds of model, one place for each: its adapter, its trace, its model. ``table.py`` lists the kinds.

To add one, write a file or folder like those here and add its entry to ``table.KINDS``.
"""
