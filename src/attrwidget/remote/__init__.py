"""A model behind an API, explained by what its server says of changed prompts: ``attrwidget.connect``.

``server.py`` asks a completions server and ``echo.py`` reads its answers. ``trace.py`` is one text with its answer, and
``perturber.py`` has the text scored with parts of it deleted. ``methods.py`` are the methods that need no more, and
``reading.py`` and ``explanation.py`` what the user gets.
"""
