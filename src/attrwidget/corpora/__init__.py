"""A user's own texts, searched by what a model makes of their words: ``attrwidget.corpus``.

``make.py`` reads the texts (``texts.py``, ``annotations.py``, ``conllu.py``) into a folder (``store.py``), through the
model (``reader.py``). ``corpus.py`` is what the user gets: it asks ``neighbours.py``, and answers with ``matches.py``
and ``predict.py``.
"""
