"""Is it true? Faithfulness of methods by deletion and insertion, and agreement between them."""

from attrwidget.evaluation.faithfulness import ERASER_BINS, evaluate
from attrwidget.evaluation.result import Evaluation

__all__ = ["ERASER_BINS", "Evaluation", "evaluate"]
