"""Show each widget of a notebook as the offline page that it can be written as: a site has no Python behind it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import display

from attrwidget.comparison import Comparison
from attrwidget.explanations import Tabs
from attrwidget.presentation import Presentation
from attrwidget.teach.ask import Question

sys.path.insert(0, str(Path(__file__).parents[2]))

from live_pages import frame


def _pages(shown: Any) -> dict[str, str]:
    each = shown if isinstance(shown, list) else [shown]
    return {"text/html": "\n".join(frame(one.to_html()) for one in each)}


_formatter = get_ipython().display_formatter
for _kind in (Presentation, Comparison, Tabs):
    _formatter.mimebundle_formatter.for_type(_kind, lambda shown, **_: _pages(shown))
_formatter.ipython_display_formatter.for_type(Question, lambda asked: display(_pages(asked), raw=True))
