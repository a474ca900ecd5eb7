"""What a model says about its own decision, and what happens when that is tried: ``attrwidget.self_explain``.

``ask.py`` asks what ``chat.py`` describes: a server (``server.py``), a loaded model (``local.py``) or a function.
``read_importances.py`` and ``read_words.py`` read the answers, ``claims.py`` and ``try_claims.py`` try what they claim,
and ``result.py`` and ``shown.py`` are what the user gets.
"""
