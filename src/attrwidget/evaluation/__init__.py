"""Measure how faithful methods are, by deletion and insertion, and how far they agree."""

from attrwidget.evaluation.faithfulness import ERASER_BINS, evaluate
from attrwidget.evaluation.result import Evaluation

__all__ = ["ERASER_BINS", "Evaluation", "evaluate"]
