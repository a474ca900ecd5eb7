"""What ``explain`` returns: scores by method, attention on demand, and the widget that shows them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.methods import HeadSelection, all_methods, get
from attrwidget.methods.attention import check_selection, weight_rows
from attrwidget.methods.request.cache import NORMALIZATIONS, ScoreCache, inseq_method, normalize_rows
from attrwidget.methods.request.foils import foil_tokens
from attrwidget.methods.request.footnotes import attributes_of, note_on, unscored
from attrwidget.methods.request.request import default_function, make_request
from attrwidget.methods.shared.attention_parts import read_part
from attrwidget.methods.shared.layer_readings import read_blocks
from attrwidget.presentation import Presentation
from attrwidget.progress import progress_bar
from attrwidget.results.base import MethodInfo
from attrwidget.results.contrast import Contrasts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.request import Request
    from attrwidget.progress import Progress
    from attrwidget.text.tokens import Tokens


class Explanation(Presentation):
    """Why a model said what it said; made by ``Model.explain``.

    Scores are computed when they are first asked for and then kept. *Step* s is the s-th generated token; the
    *inputs* of a step are the prompt and the tokens generated before it. As the last line of a notebook cell it
    shows as the widget.
    """

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.tokens: Tokens = trace.tokens
        self.first_step, self.n_steps, self.n_inputs = trace.first_step, trace.n_steps, trace.n_inputs
        self.n_layers, self.n_heads = trace.n_layers, trace.n_heads
        self.attention_note = trace.capabilities.attention_note
        self.model_name = trace.model.name
        self.sections = list(trace.sections)
        self.warnings = _warnings(trace)
        self.answer_text, self.step_noun = trace.answer_text, trace.step_noun
        self._cache = ScoreCache(trace)
        self.contrasts = Contrasts(trace, self._cache)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """What the model thought of each generated token, one row each.

        Columns: ``token``, ``probability``, ``log_probability``, ``entropy`` (nats), ``rank`` (1 is the likeliest) and
        ``top``, the likeliest tokens as ``(text, probability)``.
        """
        readings, tokens = self.trace.steps, self.tokens
        text = self.trace.output_text
        top = [
            [(text(step, int(i)), float(p)) for i, p in zip(ids, values, strict=True)]
            for step, (ids, values) in enumerate(zip(readings.top_ids, readings.top_probability, strict=True))
        ]
        return pd.DataFrame(
            {
                "token": tokens.labels[self.first_step :],
                "probability": readings.probability,
                "log_probability": readings.log_probability,
                "entropy": readings.entropy,
                "rank": readings.rank,
                "top": top,
            }
        ).rename_axis("step")

    def methods(self) -> list[MethodInfo]:
        """Return the methods that this explanation can be read by, the one it opens with first."""
        found = [
            MethodInfo(
                method.name,
                method.title,
                method.signed,
                not method.signed,
                method.attention,
                method.describe(self.target_function_of(method.name)),
                self.trace.n_source if "source" in method.needs else None,
            )
            for method in all_methods()
            if method.refusal(self.trace) is None
        ]
        if self.trace.capabilities.gradients_note is not None:
            found.sort(key=lambda method: not method.name.startswith("leave_one_out"))
        return found

    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        foil: Any = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
        source_only: bool = False,
        progress: Progress | None = None,
        **options: Any,
    ) -> pd.DataFrame:
        """Return the scores of all steps, float32 ``[steps, inputs]``, labelled by token; NaN where a token came later.

        *method* is the first of ``methods()`` unless given: saliency, or leave-one-out for a model without gradients.
        *target_function*: ``"probability"``, ``"log_prob"``, ``"logit"``, ``"log_odds"``, ``"entropy"``,
        ``"distribution"`` (the whole of it) or ``"contrast"``; each method has its default. *foil*, for ``"contrast"``
        and implying it: the other token, a text or a token id, for every step or as a list with one for each. *options*
        are the method's own, as ``attrwidget.methods()`` lists them.
        *normalize*: ``"auto"``, what the widget shows (shares that sum to 1 for unsigned methods, raw values
        for signed ones); ``"step"``, each row divided by its L1 norm; ``"inseq"``, the columns of Inseq's table
        (target function ``probability``, L2 norm, L1 per step); None, raw. *source_only*, for encoder–decoder models:
        the source alone is scored, and normalised, as by Inseq's ``attribute_target=False``; otherwise source and
        target are normalised together. *layer*, *head* and *head_rule* are for attention, as in ``attention``. The
        result's ``attrs`` say how it was made: method, target function, the foil of each step, the ``base_values`` that
        rows add up from, and a ``note``. Warns of steps that have no score, as nothing is left to read when a unit is
        left out. Raises AttrWidgetError for a name, layer or head that does not exist, with those that do.
        """
        if method is None:
            method = next((known.name for known in self.methods()), "saliency")
        if normalize not in NORMALIZATIONS:
            known = ", ".join(repr(n) for n in NORMALIZATIONS)
            raise AttrWidgetError(f"There is no normalization {normalize!r}: take one of {known}.")
        if normalize == "inseq":
            method = inseq_method(method)
            if foil is None and get(method).target_function is not None:
                target_function = target_function or "probability"
        selection, steps = HeadSelection(layer, _pairs(layer, head), head_rule), range(self.n_steps)
        request = make_request(
            self.trace, method, target_function, foil=foil, selection=selection, options=options
        )
        if source_only and not self.trace.n_source:
            raise AttrWidgetError(
                f"{self.model_name} has no encoder with a source of its own: leave out source_only=."
            )
        raw = self._raw(request, steps, progress, bar=True)
        sentence = unscored(request, self.trace, raw)
        if sentence is not None:
            warnings.warn(sentence, stacklevel=2)
        if source_only:
            raw[:, self.trace.n_source :] = np.nan
        frame = self._frame(normalize_rows(raw, request.method, normalize), self._step_labels)
        frame.attrs.update(attributes_of(request, self.trace, self._cache, steps))
        return frame

    @own_precision()
    def attention(
        self,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        *,
        head_rule: str = "mean",
        targets: str = "steps",
        part: str | None = None,
    ) -> pd.DataFrame:
        """Return attention weights, float32 ``[targets, inputs]``, labelled by token; NaN where a token came later.

        *layer* and *head* are indexed from 0 (and shown from 1); *head* may be several; left out, all heads of
        the layer, or of every layer, become one by *head_rule*: ``"mean"``, ``"median"``, ``"sum"`` or ``"max"``.
        *targets* ``"steps"``: the row that predicts each generated token. ``"all"``: a row for every token the model
        read, or of an encoder–decoder its decoder, labelled by that token. *part*, of encoder–decoder models, whose
        attention to source and target together sums to 1 otherwise: ``"cross"`` is the decoder's to the source,
        ``"decoder"`` that to the target, and ``"encoder"`` the source's to itself, with a row for each of its tokens;
        columns are then the tokens looked at. Raises AttrWidgetError for layers and heads that do not exist and for
        a model that shows no attention.
        """
        if targets not in ("steps", "all"):
            raise AttrWidgetError(f"targets must be 'steps' or 'all', not {targets!r}.")
        selection = HeadSelection(layer, _pairs(layer, head), head_rule)
        if part is not None:
            values, rows, columns = read_part(self.trace, part, selection, steps_only=targets == "steps")
            frame = pd.DataFrame(values, index=[self.tokens.labels[i] for i in rows])
            frame.columns = pd.Index([self.tokens.labels[i] for i in columns], name="input")
            return frame.rename_axis("step" if targets == "steps" and part != "encoder" else "token")
        if targets == "steps":
            request = make_request(self.trace, "attention", selection=selection)
            raw = self._raw(request, range(self.n_steps), None)
            return self._frame(normalize_rows(raw, get("attention"), None), self._step_labels)
        read = range(self.trace.n_source, self.n_inputs)
        values = np.empty((len(read), self.n_inputs), dtype=np.float32)
        for positions, weights in weight_rows(self.trace, read, selection):
            values[np.subtract(positions, read.start)] = weights
        return self._frame(values, self.tokens.labels[read.start : self.n_inputs])

    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Return what the screen shows of *steps*: float32 ``[len(steps), n_inputs]``, NaN where there is no input.

        Rows are shares or raw values, as ``scores`` normalises by ``"auto"``. *heads* are ``(layer, head)`` pairs from
        0. *progress* is called with ``(done, total)`` between chunks; an exception raised in it stops the work and
        keeps what is finished.
        """
        pairs = tuple(tuple(pair) if isinstance(pair, list) else pair for pair in heads)
        selection = HeadSelection(layer, pairs, head_rule)
        request = make_request(self.trace, method, selection=selection)
        return normalize_rows(self._raw(request, steps, progress), request.method, "auto")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Say whether ``rows`` would answer at once."""
        return get(method).attention or self._cache.has(make_request(self.trace, method), steps)

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return what is to be said of *method*'s finished rows of *steps*, such as their completeness residual."""
        self._check_steps(steps)
        return note_on(make_request(self.trace, method), self.trace, self._cache, steps)

    @own_precision()
    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""
        self._check_steps(steps)
        reader = self.trace.attention
        check_selection(HeadSelection(), reader.n_layers, reader.n_heads)
        rows = [self.trace.position(s) for s in steps]
        layers = [reader.weights(layer, None, rows).cpu().numpy() for layer in range(reader.n_layers)]
        weights: NDArray[np.float32] = np.stack(layers).transpose(2, 0, 1, 3).copy()
        for weight, step in zip(weights, steps, strict=True):
            weight[:, :, self.trace.seen(step) :] = np.nan
        return weights

    def instead(self, answer: Any) -> Explanation:
        """Return the explanation of another *answer*, a text or token ids, to the same input.

        Its ``steps`` tell what the model thinks of that answer, token by token. Raises AttrWidgetError where models
        write no answers, and for ids that do not exist.
        """
        given = [answer] if isinstance(answer, str) or not isinstance(answer, Iterable) else list(answer)
        ids = [token for one in given for token in foil_tokens(self.trace, 0, one)]
        if not ids:
            raise AttrWidgetError("The other answer is empty: give the words that the model might have said.")
        return Explanation(self.trace.instead(ids))

    def logit_lens(self) -> pd.DataFrame:
        """Return what each layer would predict at each step, by the model's own way from its last layer to its logits.

        One row per layer, from 0. For each step, from 0, there are three columns: ``token``, the likeliest there;
        its ``probability``; and ``chosen``, the probability of the token that was generated. The last row is the
        model's own prediction. Source: nostalgebraist 2020, "interpreting GPT: the logit lens".

        Raises AttrWidgetError for a model whose layers cannot be read one by one.
        """
        reading, text = self.trace.read_layers(), self.trace.output_text
        columns: dict[tuple[int, str], Any] = {}
        for step in range(self.n_steps):
            columns[step, "token"] = [text(step, int(i)) for i in reading.top[:, step]]
            columns[step, "probability"] = reading.probability[:, step].numpy()
            columns[step, "chosen"] = reading.chosen[:, step].numpy()
        lens = pd.DataFrame(columns).rename_axis("layer")
        return lens.rename_axis(columns=["step", "reading"])

    @own_precision()
    def blocks(
        self,
        reading: str = "input_x_gradient",
        *,
        steps: Sequence[int] | None = None,
        target_function: str | None = None,
        foil: Any = None,
        head_rule: str = "mean",
    ) -> pd.DataFrame:
        """Return a reading of each block by itself, float32, a row for each ``(step, block)``, both from 0.

        ``"input_x_gradient"``: gradient × hidden state at the block's output, ``h·∂s/∂h`` of each token, the score *s*
        as for the method of that name (*target_function*, *foil*); a row ``"embeddings"``, equal to the method's own,
        comes first, and one backward pass per step is made. ``"attention"``: the attention of the block's heads, made
        one by *head_rule*: ``"mean"``, ``"median"``, ``"sum"`` or ``"max"``; of one head, ask ``attention``. *steps*
        are all unless given: ``blocks(steps=[2]).loc[2]`` is a table of blocks by tokens. Values are NaN where a token
        came later, or is of the other side of an encoder–decoder. Source of the first:
        Captum's LayerGradientXActivation.

        Raises AttrWidgetError for what the model does not allow.
        """
        wanted = list(range(self.n_steps)) if steps is None else list(steps)
        self._check_steps(wanted)
        return read_blocks(self.trace, reading, wanted, target_function, foil, head_rule)

    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:
        """Return the rows of all steps as they were computed, ``[n_steps, n_inputs]``, before any normalisation."""
        return self._raw(make_request(self.trace, method), range(self.n_steps), progress)

    def target_function_of(self, method: str) -> str | None:
        """Return the target function that *method* explains unless another is asked for; None for attention."""
        known = get(method)
        return None if known.target_function is None else default_function(self.trace, known)

    @own_precision()
    def _raw(
        self, request: Request, steps: Sequence[int], progress: Progress | None, *, bar: bool = False
    ) -> NDArray[np.floating]:
        self._check_steps(steps)
        if bar and progress is None and not self._cache.has(request, steps):
            with progress_bar(request.method.title) as report:
                return self._cache.rows(request, steps, report)
        return self._cache.rows(request, steps, progress)


def _pairs(layer: int | None, head: int | Sequence[int] | None) -> tuple[tuple[int, int], ...]:
    if head is None:
        return ()
    if layer is None:
        raise AttrWidgetError(f"head={head!r} needs its layer: give layer= too.")
    heads = list(head) if isinstance(head, Iterable) and not isinstance(head, str) else [head]
    return tuple((layer, h) for h in heads)


def _warnings(trace: Trace) -> list[str]:
    dtype, said = str(trace.model.hf.dtype).removeprefix("torch."), []
    if trace.capabilities.gradients_note is not None:
        said.append(f"{trace.capabilities.gradients_note}, so leave-one-out is shown first.")
    advice = "signed input × gradient can rank tokens unlike in float32"
    if trace.model.quantized is not None:
        said.append(f"The model is quantised ({trace.model.quantized}) and explained as it is now: {advice}.")
    elif dtype in ("bfloat16", "float16"):
        said.append(f"The model runs in {dtype}: {advice}; norms and attention hold.")
    return [*said, *trace.warnings]
