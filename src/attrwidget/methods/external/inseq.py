"""Inseq's own methods, run by Inseq on the trace's token ids.

Its saliency, input × gradient and attention equal ours to 1e-5. Of Inseq 0.7.1 these are left out: ReAGent, which needs
a second model from the hub; value zeroing, which fails on every model that continues a text; and the methods of layers,
which at the embedding layer, their default, are input × gradient again, or nothing but zeros.
"""

from __future__ import annotations

import copy
import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.model_copy import copy_model
from attrwidget.methods.external.importing import library
from attrwidget.methods.external.seeds import seeded
from attrwidget.methods.method import Method
from attrwidget.methods.registry import register
from attrwidget.methods.shared.checks import check_seed
from attrwidget.text.tokenizing import token_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target


class _Known(NamedTuple):
    """A method of Inseq: its texts, whether scores have a sign, whether it draws random numbers."""

    title: str
    formula: str
    cost: str
    signed: bool = True
    random: bool = False


_BASELINE = "b the embedding of the unknown token"
_PATH = "for each generated token and point of the way (50), a forward and a backward pass"
_KNOWN = {
    "integrated_gradients": _Known(
        "integrated gradients", f"(e − b) · ∫₀¹ ∂s/∂e at b + α (e − b) dα, {_BASELINE}", _PATH
    ),
    "sequential_integrated_gradients": _Known(
        "sequential integrated gradients",
        f"integrated gradients of one token at a time, the others in place, {_BASELINE}",
        "for each generated token, input and point of the way (50), a forward and a backward pass",
    ),
    "discretized_integrated_gradients": _Known(
        "discretized integrated gradients",
        f"integrated gradients along embeddings of real tokens, {_BASELINE}",
        f"nearest neighbours of the vocabulary, and {_PATH}",
    ),
    "deeplift": _Known(
        "DeepLIFT",
        f"contributions by the rescale rule against b, {_BASELINE}",
        "two forward passes and one backward pass per generated token",
    ),
    "gradient_shap": _Known(
        "gradient SHAP",
        f"mean over random points between b and e of (e − b) · ∂s/∂e there, {_BASELINE}",
        "for each generated token and sample (5), a forward and a backward pass",
        random=True,
    ),
    "occlusion": _Known(
        "occlusion",
        f"|s(x) − s(x with e_j = b)|, {_BASELINE}",
        "one forward pass per input and generated token, one by one",
        signed=False,
    ),
    "lime": _Known(
        "LIME",
        "weights of LASSO for s over random masks of embeddings, summed over their dimensions",
        "for each generated token, one forward pass per mask (50), one by one",
        random=True,
    ),
}


def _compute(
    name: str,
    trace: Trace,
    target: Target,
    steps: Sequence[int],
    _selection: HeadSelection,
    *,
    seed: int = 0,
) -> Rows:
    check_seed(seed)
    models, batches = library("inseq", "models"), library("inseq", "data.batch")
    hf = copy_model(trace.model.hf)
    if hf is trace.model.hf:
        raise AttrWidgetError(
            f"Inseq would write into {trace.model.name}, whose modules cannot be copied: take another method."
        )
    with exclusive_use(hf, "eager", keep_state=True):
        tokenizer = copy.deepcopy(trace.model.tokenizer)  # Inseq changes its padding
        if tokenizer.pad_token is None:
            tokenizer.pad_token = token_name(tokenizer, trace.model.pad_id)
        if hf.config.bos_token_id is None:
            hf.config.bos_token_id = trace.model.pad_id  # Inseq looks up its text
        model = _tried(name, trace, lambda: _load(models, name, trace, hf, tokenizer))
        source = trace.n_source
        batch = _tried(name, trace, lambda: _batch(model, batches, trace, source))
        _tried(name, trace, lambda: _require_same_run(model, batch, trace, max(steps), source))
    for step in steps:

        def score(args: Any, step: int = step) -> torch.Tensor:
            logits = args.attribution_model.output2logits(args.forward_output).double()
            return target(logits, [step] * len(logits))

        def attribute(score: Any = score, step: int = step) -> Any:
            at = trace.first_step - source + step
            return model.attribution_method.attribute(
                batch.clone(),
                attributed_fn=score,
                attr_pos_start=at,
                attr_pos_end=at + 1,
                attribute_target=bool(source),
                show_progress=False,
                pretty_progress=False,
                attribution_args={},  # Inseq writes into its own default
            )

        with exclusive_use(hf, "eager", keep_state=True), seeded(seed):
            found = _tried(name, trace, attribute)
        yield [step], _row(name, trace, step, found.sequence_attributions[0], source)[None]


def _load(models: Any, name: str, trace: Trace, hf: Any, tokenizer: Any) -> Any:
    with TemporaryDirectory() as folder:
        # Inseq keeps neighbours in a file by the model's name, which another model may have.
        kept = {"cache_dir": Path(folder)} if name == "discretized_integrated_gradients" else {}
        return models.HuggingfaceModel.load(hf, name, tokenizer, device=trace.model.device.type, **kept)


def _batch(model: Any, batches: Any, trace: Trace, source: int) -> Any:
    """Return the trace's own token ids as Inseq's batch; nothing is tokenised again."""
    import torch

    def encoding(ids: list[int]) -> Any:
        known = torch.tensor([ids], device=trace.model.device)
        unknown = torch.full_like(known, model.tokenizer.unk_token_id or 0)
        baseline = torch.where(known == model.eos_token_id, known, unknown)
        names = [model.convert_ids_to_tokens(known[0], skip_special_tokens=False)]
        return batches.BatchEncoding(known, torch.ones_like(known), names, baseline)

    # The last token is no input. Where it ends the text, Inseq would drop it and its step.
    special = trace.tokens.special
    ordinary = [i for i, control in zip(trace.tokens.ids, special, strict=True) if not control]
    last = ordinary[0] if special[-1] and ordinary else trace.tokens.ids[-1]
    ids = [*trace.tokens.ids[:-1], last]
    parts = (encoding(ids[:source]), encoding(ids[source:])) if source else encoding(ids)
    return model.formatter.prepare_inputs_for_attribution(model, parts)


def _require_same_run(model: Any, batch: Any, trace: Trace, step: int, source: int) -> None:
    """Raise AttrWidgetError unless Inseq's run gives the token of *step* the probability that the trace has."""

    def agrees() -> bool:
        with torch.no_grad():
            out = model.get_forward_output(batch.clone()[: trace.first_step - source + step])
        found = model.output2logits(out)[0].double().log_softmax(-1)[trace.outputs[step]]
        low = trace.model.hf.dtype not in (torch.float32, torch.float64)
        return bool(abs(float(found) - trace.steps.log_probability[step]) < (0.2 if low else 1e-2))

    import torch

    if source and not agrees() and hasattr(model.get_decoder(), "embed_scale"):
        # Decoders like Marian's scale the embeddings given to them, which Inseq has scaled already.
        model.get_decoder().embed_scale = 1.0
    if not agrees():
        raise AttrWidgetError(
            f"Inseq's run of {trace.model.name} gives other probabilities than its own, so the scores are not shown."
        )


def _row(name: str, trace: Trace, step: int, found: Any, source: int) -> NDArray[np.float64]:
    """Return what Inseq *found* as one row; raise AttrWidgetError if it explained other tokens."""
    seen = trace.seen(step)
    ids = [token.id for token in (*(found.source if source else ()), *found.target)]
    if ids[:seen] != trace.tokens.ids[:seen]:
        raise AttrWidgetError(
            "Inseq explained other tokens than the model's own, so its scores are not shown."
        )
    parts = (found.source_attributions if source else None, found.target_attributions)
    values = [part[:, 0].double().numpy() for part in parts if part is not None]
    summed = [value.sum(-1) if value.ndim == 2 else value for value in values]
    row = np.full(trace.n_inputs, np.nan)
    row[:seen] = np.concatenate(summed)[:seen]
    if not np.isfinite(row[:seen]).all():
        raise AttrWidgetError(f"{get_title(name)} gives no finite scores for {trace.model.name}.")
    return row


def get_title(name: str) -> str:
    """Return the title of Inseq's method *name*."""
    return f"Inseq: {_KNOWN[name].title}"


def _tried(name: str, trace: Trace, work: Any) -> Any:
    """Return what *work* returns; turn what Inseq and Captum raise into a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for Inseq's and Captum's own users
            return work()
    except (AttrWidgetError, MemoryError):
        raise
    except Exception as error:  # whatever Inseq and Captum raise for a model they do not know
        raise AttrWidgetError(
            f"{get_title(name)} does not work with {trace.model.name} ({first_line(error)}): take another method."
        ) from error


for _name, _known in _KNOWN.items():
    register(
        Method(
            name=f"inseq:{_name}",
            title=get_title(_name),
            description=f"{_known.title} of {{target}}, by Inseq, {'signed sum' if _known.signed else 'unsigned'}",
            formula=_known.formula,
            cost=_known.cost,
            source=f"Inseq's {_name}",
            compute=partial(_compute, _name),
            signed=_known.signed,
            target_function="logit",
            needs=("gradients", "generation"),
            options={"seed": 0} if _known.random else {},
            package="inseq",
        )
    )
