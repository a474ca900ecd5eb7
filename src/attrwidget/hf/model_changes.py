"""Notice whether a model was changed since it was copied, in less time than a copy takes."""

from __future__ import annotations

from collections import OrderedDict
from operator import is_
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from attrwidget.hf.internals.modules import write_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transformers import PreTrainedModel

_LISTS = (list, tuple, set, frozenset)
_CONTAINERS = {dict, OrderedDict, *_LISTS}
_PLAIN = (int, float, str, bool, bytes, complex, type(None), FunctionType, BuiltinFunctionType, MethodType)
_MOST = 100_000  # parts: a model with more is not looked through


class ModelState:
    """All that a copy of *model* is made of, as it is now.

    Its parts are compared by identity, and their contents as deep as ``copy.deepcopy`` goes. They are kept, so that no
    other object takes the id of one that is gone.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        import torch

        self._tensors = (torch.Tensor, torch.nn.Parameter)
        self._leaves = {*_PLAIN, torch.dtype, torch.device, torch.Size}
        self._parts: list[Any] = []
        self._writes: list[Any] = []
        self._seen: set[int] = set()
        self._known = True
        self._enter([model])

    def is_of(self, model: PreTrainedModel) -> bool:
        """Return whether *model* is the same in all its parts; False where that cannot be told."""
        now = ModelState(model)
        return (
            self._known
            and now._known
            and self._writes == now._writes
            and len(self._parts) == len(now._parts)
            and all(map(is_, self._parts, now._parts))
        )

    def _enter(self, values: Iterable[Any]) -> None:
        values = list(values)
        self._parts += values
        for value in values:
            kind = type(value)
            # A module has a dozen empty containers.
            if kind in self._leaves or (kind in _CONTAINERS and not value):
                continue
            if self._known and id(value) not in self._seen:
                self._seen.add(id(value))
                self._look_into(value, kind)

    def _look_into(self, value: Any, kind: type) -> None:
        if len(self._parts) > _MOST or (isinstance(value, self._tensors) and kind not in self._tensors):
            self._known = False
        elif kind in self._tensors:
            self._look_at_tensor(value)
        elif isinstance(value, type):
            pass
        elif isinstance(value, dict):
            self._enter(value)
            self._enter(value.values())
        elif isinstance(value, _LISTS):
            self._enter(value)
        elif not hasattr(value, "__dict__") or bool(getattr(kind, "__slots__", None)):
            self._known = False
        if kind not in _CONTAINERS and not isinstance(value, (*self._tensors, type)):
            self._enter([getattr(value, "__dict__", None)])

    def _look_at_tensor(self, value: Any) -> None:
        try:
            self._writes.append((write_count(value), value.data_ptr(), value.dtype))
        except RuntimeError:  # such as one that was made in inference mode
            self._known = False
