"""The state of a user's model that explaining it could change."""

from __future__ import annotations

from typing import Any

HOOKS = [
    "_forward_hooks",
    "_forward_pre_hooks",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_pre_hooks_with_kwargs",
]


def state(model: Any) -> dict[str, Any]:
    """Return all that explaining *model* could change."""
    modules = list(model.modules())
    configs = [m.config for m in modules if hasattr(m, "config")]
    return {
        "training": [m.training for m in modules],
        "grad flags": [p.requires_grad for p in model.parameters()],
        "grads": [p.grad is None for p in model.parameters()],
        "attention": [c._attn_implementation for c in configs],
        "configs": [c.to_dict() for c in configs],
        "generation": model.generation_config.to_dict() if model.can_generate() else None,
        "hooks": [[dict(getattr(m, name)) for name in HOOKS] for m in modules],
        "attributes": [sorted(vars(m)) for m in modules],
        "weights": {name: t.sum().item() for name, t in model.state_dict().items()},
    }
