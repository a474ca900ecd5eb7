"""Questions that check themselves: ``attrwidget.teach``.

``ask.py`` puts a question over an explanation, ``answers.py`` reads what was answered from a notebook.
``expressions.py`` has the answers that are computed from the model, ``slips.py`` the mistakes that are known;
``marking.py`` compares, and ``record.py`` keeps the answer in the notebook.
"""

from attrwidget.teach.answers import answers
from attrwidget.teach.ask import Question, ask
from attrwidget.teach.expressions import edited, pick, probability, score, top_head, top_input
from attrwidget.teach.places import positions
from attrwidget.teach.record import Answer

__all__ = [
    "Answer",
    "Question",
    "answers",
    "ask",
    "edited",
    "pick",
    "positions",
    "probability",
    "score",
    "top_head",
    "top_input",
]
