"""Methods of attribution: functions of a trace and a target, one file each."""

from __future__ import annotations

import importlib

from attrwidget.methods.custom import register_method
from attrwidget.methods.method import HeadSelection, Method
from attrwidget.methods.public_trace import Trace
from attrwidget.methods.registry import all_methods, get, list_methods, register
from attrwidget.methods.request.targets import TARGET_FUNCTIONS, Target

__all__ = [
    "TARGET_FUNCTIONS",
    "HeadSelection",
    "Method",
    "Target",
    "Trace",
    "all_methods",
    "get",
    "list_methods",
    "register",
    "register_method",
]

# The files of built-in methods, in the order in which methods are listed. A new file goes here.
BUILT_IN = (
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
for _file in BUILT_IN:
    importlib.import_module(f"{__name__}.{_file}")
