"""Methods of attribution: functions of a trace and a target, one file each."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from attrwidget.methods.custom import method
from attrwidget.methods.registry import NEEDS, HeadSelection, Method, all_methods, get, register
from attrwidget.methods.request.targets import TARGET_FUNCTIONS, Target

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TARGET_FUNCTIONS",
    "HeadSelection",
    "Method",
    "Target",
    "all_methods",
    "get",
    "method",
    "methods",
    "register",
]

# The files of methods, in the order in which methods are offered.
_FILES = (
    "saliency",
    "input_x_gradient",
    "attention",
    "cross_attention",
    "leave_one_out",
    "integrated_gradients",
    "smoothgrad",
    "gim",
    "weighted_attention",
    "rollout",
    "gradient_x_attention",
    "value_zeroing",
    "span_regression",
    "input_x_gradient_l2",
    "external.lime",
    "external.shap",
    "external.captum",
    "external.captum_embeddings",
    "external.inseq",
)
for _file in _FILES:
    importlib.import_module(f"{__name__}.{_file}")


def methods() -> pd.DataFrame:
    """Return a table of the methods there are, one row each.

    Columns: ``title``; ``formula``, with *s* the target function's score and *e* an input's embedding; ``signed``;
    ``cost``; ``needs``, what a model must allow; ``options`` and their defaults; ``source``.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "name": method.name,
                "title": method.title,
                "formula": method.formula,
                "signed": method.signed,
                "cost": method.cost,
                "needs": ", ".join([*(NEEDS[need] for need in method.needs), *_packages(method)]),
                "options": ", ".join(f"{option}={value!r}" for option, value in method.options.items()),
                "source": method.source,
            }
            for method in all_methods()
        ]
    ).set_index("name")


def _packages(method: Method) -> list[str]:
    return [f"the library {method.package}"] if method.package else []


class _Callable(ModuleType):
    """This package, which Python puts in the place of the function that lists methods, as that function."""

    def __call__(self) -> pd.DataFrame:
        return methods()


sys.modules[__name__].__class__ = _Callable
