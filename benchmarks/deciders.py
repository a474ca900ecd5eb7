"""Steps whose deciding inputs are known: of the bundled models by their grammars, of real models by construction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo import masked, sentiment, translation
from benchmarks.prompts import PROMPTS
from tests.helpers import real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from attrwidget import Explanation
    from benchmarks.prompts import Prompt


@dataclass(frozen=True)
class Case:
    """One step whose truth is known.

    Attributes:
        explain: Runs the text anew.
        step: The step that is explained.
        deciding: The inputs that decide it.
        words: The inputs that are words of the text: neither special tokens nor, in generated text, the first token;
            of a translation those of the source.
        foil: What the step is contrasted with, or None.
        evaluated: Whether inputs are taken away, too, which takes long.
    """

    explain: Callable[[], Explanation]
    step: int
    deciding: frozenset[int]
    words: frozenset[int]
    foil: str | None = None
    evaluated: bool = True


_LEAST = 1.0  # nats by which the swapped word must make the answer less likely


def smollm2() -> Iterator[Case]:
    """Yield the prompts, each checked: the model ranks the answer first or second, and the swap takes it away."""
    model = real.smollm2()
    for prompt in PROMPTS:
        explain = partial(_prompted, model, prompt)
        ex, swapped = explain(), _prompted(model, _swapped(prompt))
        step = ex.reading.n_steps - 1
        told, untold = (one.steps.iloc[step] for one in (ex, swapped))
        if told["rank"] > 2 or told["log_probability"] - untold["log_probability"] < _LEAST:
            raise RuntimeError(
                f"{prompt} does not hold: rank {told['rank']}, {told['probability']:.2f}, "
                f"{untold['probability']:.2f} with the swap"
            )
        inputs, labels = range(ex.reading.seen(step)), ex.tokens.labels
        deciding = frozenset(i for i in inputs if labels[i] == prompt.decider)
        evaluated = prompt.foil is None and not prompt.chat
        yield Case(explain, step, deciding, _words(ex, step), prompt.foil, evaluated)


def _prompted(model: Any, prompt: Prompt) -> Explanation:
    text = [{"role": "user", "content": prompt.text}] if prompt.chat else prompt.text
    explanation: Explanation = model.explain(text, output=prompt.answer)
    return explanation


def _swapped(prompt: Prompt) -> Prompt:
    """Return *prompt* with the swap in the place of the decider, before the word that is explained."""
    earlier, last = prompt.answer.rsplit(" ", 1)
    texts = [text.replace(prompt.decider, prompt.swap) for text in (prompt.text, earlier)]
    return replace(prompt, text=texts[0], answer=f"{texts[1]} {last}")


def causal() -> Iterator[Case]:
    """Yield steps of the bundled causal model."""
    model = aw.load("demo")
    for one in [one for one in demo.sentences() if one.fillers][::40]:
        explain = partial(model.explain, one.prompt, output=one.answer)
        ex, offsets = explain(), _offsets(model, one.text)
        for step, spans in enumerate(one.deciding):
            yield Case(explain, step, _inside(offsets, spans), _words(ex, step))


def masks() -> Iterator[Case]:
    """Yield masks of the bundled masked model."""
    model = aw.load("demo-masked")
    for one in list(masked.sentences())[::12]:
        explain = partial(model.explain, one.text)
        ex, offsets = explain(), _offsets(model, one.text)
        words = _words(ex, 0) - _inside(offsets, one.masks)
        for step, spans in enumerate(one.deciding):
            yield Case(explain, step, _inside(offsets, spans) & words, words)


def reviews() -> Iterator[Case]:
    """Yield reviews of the bundled classifier."""
    model = aw.load("demo-sentiment")
    for one in [one for one in sentiment.reviews() if one.deciding][::8]:
        explain = partial(model.explain, one.text)
        yield Case(explain, 0, _inside(_offsets(model, one.text), one.deciding), _words(explain(), 0))


def translations() -> Iterator[Case]:
    """Yield the words of the bundled translator's answers that translate a word of the source."""
    model = aw.load("demo-translation")
    for one in list(translation.sentences())[::20]:
        explain = partial(model.explain, one.source, output=one.target)
        ex, offsets = explain(), _offsets(model, one.source)
        for step, sure in enumerate(one.sure):
            words = frozenset(i for i in _words(ex, step) if i < ex.reading.n_source)
            if sure:
                yield Case(explain, step, _inside(offsets, [one.words[word] for word in sure]), words)


def minilm() -> Iterator[Case]:
    """Yield sentences of MiniLM with a fitted head, in which one word says whether it is a good or a bad one."""
    model = real.minilm_classifier()
    for cue in (*real.GOOD, *real.BAD):
        explain = partial(model.explain, f"last night we saw a {cue} film .")
        ex = explain()
        words = _words(ex, 0)
        yield Case(explain, 0, frozenset(i for i in words if ex.tokens.labels[i] == cue), words)


def _offsets(model: Any, text: str) -> list[tuple[int, int]]:
    return [tuple(edge) for edge in model.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]]


def _inside(offsets: Iterable[tuple[int, int]], spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Return the tokens, by their *offsets*, that share characters with *spans*."""
    where = list(spans)
    return frozenset(
        i for i, (a, b) in enumerate(offsets) if any(a < end and start < b for start, end in where)
    )


def _words(ex: Explanation, step: int) -> frozenset[int]:
    reading = ex.reading
    first = 1 if reading.seen(step) < reading.n_inputs or reading.step_noun[0] == "token" else 0
    return frozenset(i for i in range(first, reading.seen(step)) if not reading.tokens.special[i])
