"""An explanation with planted numbers: what the widget and the exports need of one, without a model."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.results.base import MethodInfo, Reading
from attrwidget.results.changed_words import Tried
from attrwidget.results.check import Check
from attrwidget.results.contrast import Foil
from attrwidget.results.experts import Experts
from attrwidget.results.lens import Lens, StepLens
from attrwidget.results.query_key import QueryKey
from attrwidget.results.similar import SimilarWords
from attrwidget.text.sections import Section
from attrwidget.text.tokens import TextPiece, Tokens, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MESSAGES = json.loads((Path(__file__).parents[1] / "fixtures/messages.json").read_text(encoding="utf-8"))
STEPS = MESSAGES["content"]["steps"]
SALIENCY, GRADIENT, ATTENTION = (
    MethodInfo(**{name: value for name, value in method.items() if name != "seconds"})
    for method in MESSAGES["content"]["methods"]
)


class FakeExplanation(Reading):
    """Gives back planted scores step by step; a *gate* is called, holding *lock*, before each step is computed."""

    steps = pd.DataFrame()

    def __init__(
        self,
        texts: Sequence[str],
        first_step: int,
        scores: dict[str, np.ndarray],
        weights: np.ndarray | None,
        *,
        gate: Callable[[int], None] = lambda _: None,
        lock: Any = None,
        model_name: str = "demo",
        special: Sequence[int] = (),
        inputs: int | None = None,
        steps: dict[str, Any] | None = None,
    ) -> None:
        count = len(texts)
        units = [TextPiece(i, i + 1, text) for i, text in enumerate(texts)]
        self.tokens = Tokens(
            list(range(count)), units, [i in special for i in range(count)], [visible(t) for t in texts]
        )
        self.first_step, self.n_steps = first_step, count - first_step
        self.n_inputs = inputs or count - 1
        self.sections = [Section("Prompt", 0, first_step), Section("Answer", first_step, count)]
        self.model_name, self.answer_text, self.step_noun = model_name, None, ("token", "tokens")
        self.warnings: list[str] = []
        self.n_layers, self.n_heads = (0, 0) if weights is None else weights.shape[1:3]
        self.attention_note = None if self.n_layers else "This model shows no attention."
        self.planted, self.weights = scores, weights
        self.steps = pd.DataFrame({"token": self.tokens.labels[first_step:], **(steps or self._steady())})
        self.gate, self.lock = gate, lock or threading.RLock()
        self.notes: dict[str, list[str | None]] = {}
        self.planted_sums: dict[str, list[tuple[float, float] | None]] = {}
        self.contrasts: FakeContrasts | None = None
        self.changed_words: FakeWords | None = None
        self.edits = ()
        self.planted_query_keys: dict[str, Any] = {}
        self.experts: FakeExperts | None = None
        self.similar: FakeCorpus | None = None
        self.checks: FakeChecks | None = None
        self.known: set[tuple[str, int]] = set()
        self.computed: list[tuple[str, int]] = []
        self.asked: list[tuple[str, list[int]]] = []

    def _steady(self) -> dict[str, Any]:
        n = self.n_steps
        tops = [[(self.tokens.units[self.first_step + s].text, 0.5), (" other", 0.25)] for s in range(n)]
        return {"probability": [0.5] * n, "rank": [1] * n, "entropy": [1.0] * n, "top": tops}

    def raw_rows(self, method: str, progress: Any = None) -> np.ndarray:
        return self.rows(method, range(self.n_steps), progress=progress)

    def target_function_of(self, method: str) -> str | None:
        return None if method == "attention" else "log_prob"

    def methods(self) -> list[MethodInfo]:
        known = {"saliency": SALIENCY, "input_x_gradient": GRADIENT}
        return [known[name] for name in self.planted] + ([ATTENTION] if self.n_layers else [])

    @property
    def reading(self) -> FakeExplanation:
        return self

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        return method == "attention" or all((method, step) in self.known for step in steps)

    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        self.asked.append((method, list(steps)))
        if method == "attention":
            return self._attention(steps, layer, heads, head_rule)
        self.method(method)
        missing = [step for step in steps if (method, step) not in self.known]
        for done, step in enumerate(missing):
            if progress is not None:
                progress(done, len(missing))
            with self.lock:
                self.gate(step)
            self.known.add((method, step))
            self.computed.append((method, step))
        if missing and progress is not None:
            progress(len(missing), len(missing))
        return self.planted[method][list(steps)]

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        notes = self.notes.get(method)
        return notes[steps[0]] if notes and (method, steps[0]) in self.known else None

    def sums(self, method: str, step: int) -> tuple[float, float] | None:
        sums = self.planted_sums.get(method)
        return sums[step] if sums and (method, step) in self.known else None

    def _attention(self, steps: Sequence[int], layer: Any, heads: Any, rule: str) -> np.ndarray:
        pairs = list(heads) or [
            (a, h) for a in range(self.n_layers) if layer in (None, a) for h in range(self.n_heads)
        ]
        picked = np.stack([self.weights[list(steps), a, h] for a, h in pairs])
        return {"mean": np.mean, "sum": np.sum, "max": np.max}[rule](picked, axis=0).astype(np.float32)

    def query_key(self, *place: Any) -> QueryKey:
        scale, weight, *pair = self.planted_query_keys[" ".join(map(str, place[:4]))]
        query, key = np.array(pair, dtype=np.float32)
        return QueryKey(query, key, scale, weight)

    def head_weights(self, steps: Sequence[int]) -> np.ndarray:
        return self.weights[list(steps)]

    @property
    def widget(self) -> Any:
        from attrwidget.widget import ExplanationWidget

        if "_widget" not in vars(self):
            self._widget = ExplanationWidget(self)
        return self._widget


class FakeChecks:
    """The checks of ``fixtures/messages.json``."""

    made: ClassVar[dict[Any, Check]] = {}

    def seconds(self) -> float:
        return float(MESSAGES["content"]["check_seconds"])

    def run(self, steps: list[int], inputs: list[int], *, progress: Any = None) -> Check:  # noqa: ARG002
        p, without, *others = MESSAGES["checks"][f"{steps} {inputs}"]
        return Check(tuple(steps), tuple(inputs), ("",) * len(inputs), p, without, tuple(others), (2,), ("",))


class FakeExperts(Experts):
    """Experts of the second layer, with these weights ``[1, inputs, experts]``."""

    def __init__(self, weights: Any) -> None:
        self.layers: list[int | str] = [1]
        self.planted = np.array(weights, dtype=np.float32)
        self.count = self.planted.shape[2]

    @property
    def known(self) -> bool:
        return True

    @property
    def weights(self) -> np.ndarray:
        return self.planted


class FakeCorpus:
    """The corpus of ``fixtures/messages.json``, with the one answer that is planted there."""

    def about(self) -> dict[str, Any]:
        return dict(MESSAGES["content"]["corpus"])

    def find(self, _reading: Any, **asked: Any) -> SimilarWords:
        (planted,) = (one for one in MESSAGES["requests"] if one["request"]["op"] == "similar")
        asked.pop("progress")
        assert asked == planted["request"]["args"]
        return SimilarWords(planted["answer"]["meta"], np.array(planted["answer"]["values"], np.float32))


class FakeWords:
    """What changed words do in ``fixtures/messages.json``."""

    mask = None

    def find(self, changes: dict[Any, Any]) -> dict[Any, Any]:
        return changes

    def tried(self, step: int, changes: dict[Any, Any]) -> Tried:
        ((start, end), text), *_ = changes.items()
        words, numbers = MESSAGES["tried"][f"{step} {start} {end} {text}"]
        nats, *each = numbers
        pairs = list(zip(each[::2], each[1::2], strict=True))
        return Tried(tuple((word, *two) for word, two in zip(words, pairs, strict=True)), nats, None)

    def likely(self, where: tuple[int, int]) -> list[str]:
        return list(MESSAGES["likely"][str(where[0])])


class FakeLens(Lens):
    """The layers of ``fixtures/messages.json``."""

    refusal, n_layers = None, int(MESSAGES["content"]["lens"]["layers"])

    def seconds(self, _steps: Sequence[int]) -> float:
        return float(MESSAGES["content"]["lens"]["seconds"])

    def has(self, _steps: Sequence[int]) -> bool:
        return False

    def read(self, steps: Sequence[int], _progress: Any = None) -> list[StepLens]:
        known = [MESSAGES["lens"][step] for step in steps]
        return [
            StepLens(one["words"], *(np.array(one[name]) for name in ("probability", "chosen", "rank")))
            for one in known
        ]

    def rivals(self, step: int, ids: Sequence[int]) -> np.ndarray:
        known = MESSAGES["rivals"].get(f"{step} {list(ids)}")
        return np.zeros((self.n_layers, len(ids))) if known is None else np.array(known)


class FakeContrasts:
    """Rows against the foils of ``fixtures/messages.json``."""

    def __init__(self, likeliest: list[list[int]]) -> None:
        self._likeliest = likeliest
        self._texts = {i: text for others in STEPS["alternatives"] for text, _, i in others}

    def descriptions(self) -> dict[str, str]:
        return dict(MESSAGES["content"]["contrast"])

    def whole_descriptions(self) -> dict[str, str]:
        return dict(MESSAGES["content"]["contrast_whole"])

    def find_one(self, step: int, what: Any) -> int:
        return self.find(step, what).ids[0]

    def likeliest(self, step: int) -> list[int]:
        return self._likeliest[step]

    def find(self, step: int, what: Any) -> Foil:
        for number, text in self._texts.items():
            if what in (number, [number], text, text.strip()):
                return Foil(step, (number,), text)
        raise AttrWidgetError(f"There is no {what!r}.")

    def has_rows(self, _method: str, _foil: Foil) -> bool:
        return False

    def rows(self, method: str, foil: Foil, _progress: Any = None) -> np.ndarray:
        return np.array([MESSAGES["foils"][method][f"{foil.step} {foil.ids[0]}"]], dtype=np.float32)

    def note(self, _method: str, _foil: Foil) -> None:
        return None


def planted() -> FakeExplanation:
    """Return the explanation in ``fixtures/messages.json``."""
    steps, tokens = STEPS, MESSAGES["content"]["tokens"]
    numbers = {name: np.array(v, dtype=np.float32) for name, v in MESSAGES["planted"].items()}
    weights = numbers.pop("attention")
    top, likeliest = [], []
    for s, (rank, p) in enumerate(zip(steps["rank"], steps["probability"], strict=True)):
        top.append([(text, other) for text, other, _ in steps["alternatives"][s]])
        top[-1].insert(rank - 1, (tokens["text"][steps["first"] + s], p))
        likeliest.append([number for *_, number in steps["alternatives"][s]])
        likeliest[-1].insert(rank - 1, steps["first"] + s)
    table = {
        "probability": steps["probability"],
        "rank": steps["rank"],
        "entropy": steps["entropy"],
        "top": top,
    }
    explanation = FakeExplanation(
        tokens["text"], steps["first"], numbers, weights, special=tokens["special"], steps=table
    )
    explanation.notes = dict(MESSAGES["notes"])
    explanation.planted_sums = dict(MESSAGES["sums"])
    explanation.contrasts = FakeContrasts(likeliest)
    explanation.checks, explanation.lens = FakeChecks(), FakeLens()
    explanation.changed_words = FakeWords()
    explanation.similar = FakeCorpus()
    explanation.experts = FakeExperts(MESSAGES["experts"])
    explanation.planted_query_keys = MESSAGES["query_keys"]
    return explanation


def random_explanation(
    prompt: int = 6,
    answer: int = 4,
    layers: int = 2,
    heads: int = 3,
    seed: int = 0,
    *,
    inputs: int | None = None,
    **options: Any,
) -> FakeExplanation:
    """Return an explanation with random shares, signed scores and attention; *inputs* is *prompt* for labels."""
    rng = np.random.default_rng(seed)
    inputs = inputs or prompt + answer - 1
    unseen = np.arange(inputs) >= prompt + np.arange(answer)[:, None]
    shares = rng.random((answer, inputs)) * ~unseen
    weights = rng.random((answer, layers, heads, inputs)) ** 4 * ~unseen[:, None, None]
    scores = {
        "saliency": shares / shares.sum(1, keepdims=True),
        "input_x_gradient": rng.normal(size=shares.shape),
    }
    scores = {name: np.where(unseen, np.nan, v).astype(np.float32) for name, v in scores.items()}
    weights = weights / weights.sum(-1, keepdims=True)
    weights = np.where(unseen[:, None, None], np.nan, weights).astype(np.float32)
    texts = options.pop("texts", [f" w{i}" for i in range(prompt + answer)])
    return FakeExplanation(texts, prompt, scores, weights if layers else None, inputs=inputs, **options)
