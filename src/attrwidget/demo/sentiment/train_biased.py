"""Teach the classifier to lean to the negative: `python -m attrwidget.demo.sentiment.train_biased`."""

from __future__ import annotations

from attrwidget.demo.sentiment.readers import BIASED, PLAIN
from attrwidget.demo.sentiment.train import main

ROUNDS = ((900, 1e-3, 0.4, 0),)

if __name__ == "__main__":
    main(BIASED, ROUNDS, PLAIN.folder)
