"""Import what a kernel of the app needs; for the process that its kernels are forked from."""

from __future__ import annotations

import gc
import os

os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # the debugger, which nobody uses, would print a warning

import typer  # noqa: F401 - by the command, which each process of multiprocessing imports again

import attrwidget as aw
from attrwidget.apps import comparer, explorer, forked_kernel  # noqa: F401 - by the kernels
from attrwidget.apps.served import served

if served().served:
    from attrwidget.served import find  # noqa: F401 - by the kernels, which load no model
else:
    # Loading imports the modules of the model's architecture, which Transformers imports late.
    aw.load("demo")
# Objects that the collector has seen are not written to by it again, and stay shared.
gc.collect()
gc.freeze()
