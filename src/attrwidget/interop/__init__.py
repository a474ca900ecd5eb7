"""From and to other libraries' results, and to and from files. Only ``to_…`` imports another library."""

from attrwidget.interop.captum import from_captum
from attrwidget.interop.frames import to_pandas
from attrwidget.interop.inseq import from_inseq
from attrwidget.interop.lime import from_lime
from attrwidget.interop.save import open, save  # noqa: A004 - attrwidget.open, like Image.open
from attrwidget.interop.saved import SavedExplanation
from attrwidget.interop.scores import from_scores
from attrwidget.interop.shap import from_shap
from attrwidget.interop.to_inseq import to_inseq
from attrwidget.interop.to_shap import to_shap

__all__ = [
    "SavedExplanation",
    "from_captum",
    "from_inseq",
    "from_lime",
    "from_scores",
    "from_shap",
    "open",
    "save",
    "to_inseq",
    "to_pandas",
    "to_shap",
]
