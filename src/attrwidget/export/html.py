"""Write one offline HTML file that stays interactive; docs/protocol.md has the form of its data."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_megabytes
from attrwidget.errors import AttrWidgetError
from attrwidget.export.experts import record_experts
from attrwidget.export.layers import LEFT_OUT, lens_for_page, record_layers
from attrwidget.export.packed import pack_data, pack_text
from attrwidget.export.plan import MB, Plan, make_plans
from attrwidget.export.recorded import record_attention, record_given
from attrwidget.files import public_name, writable, write_whole
from attrwidget.page.bundle import read_bundle
from attrwidget.page.compared import links_of
from attrwidget.page.content import VERSION, content_of, method_entry
from attrwidget.page.packing import beside_rows
from attrwidget.page.rests import with_falls
from attrwidget.page.state import initial_state, shown_methods
from attrwidget.progress import part_of
from attrwidget.results.choice import announced_work, methods_of_file, too_long_for_file
from attrwidget.still.sentences import printable
from attrwidget.still.static_html import to_fallback_html
from attrwidget.text.tokens import visible
from attrwidget.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.check import Check

_DEFAULT_MB = 10.0
_SPARE_BYTES = 4096  # for the sentences on what was left out
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="attrwidget {version}">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
@media print {{ :root {{ color-scheme: light; }} body {{ max-width: none; padding: 0; }} }}
body {{ margin: 0 auto; padding: 1rem; max-width: 75rem; background: Canvas; color: CanvasText;
  font-family: system-ui, sans-serif; }}
h1 {{ font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1 dir="auto">{heading}</h1>
<div id="attrwidget"></div>
<noscript>{still}</noscript>
</main>
<script type="text/plain" id="attrwidget-data">{data}</script>
<script type="text/plain" id="attrwidget-script">{script}</script>
<script>{opener}</script>
</body>
</html>
"""


def to_html(
    reading: Reading,
    path: str | os.PathLike[str] | None = None,
    *,
    methods: str | Sequence[str] | None = None,
    everything: bool = False,
    max_mb: float | None = None,
    title: str | None = None,
    shown: Mapping[str, Any] | None = None,
    other: Reading | None = None,
    other_method: str | None = None,
    question: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Path | str:
    """Write *reading* as one HTML file: the same views, no kernel, no network.

    To fit *max_mb*, attention is stored with less precision, then as the mean of all heads, and then methods are left
    out, the last one first; the page names what it does not carry.

    Args:
        reading: What to show.
        path: Where to write it; without one, the page is returned as a text.
        methods: Names of methods to carry; by default the one shown, those computed already, and leave one out, GIM,
            saliency, input × gradient and attention, as far as they take under a minute together.
        everything: Carry all methods that need no other library.
        max_mb: The largest size in megabytes; 10 by default.
        title: The heading; by default a question about the answer.
        shown: The state that the page opens with, by trait; missing ones have their default.
        other: What it is compared with, recorded in the same way.
        other_method: The method by which that is shown first.
        question: A question over it, with its key; docs/protocol.md has its form.
        progress: Called with ``(done, total)`` instead of a sentence and a bar; an exception raised in it stops, and
            nothing is written.

    Returns:
        The path written, or the page.

    Raises:
        AttrWidgetError: A method does not exist, the limit is too small for the text, or the path cannot be written.
    """
    target = None if path is None else writable(path, "why.html")
    limit = _DEFAULT_MB if max_mb is None else check_megabytes(max_mb)
    name = target.name if target else "The page"
    record = partial(
        _recorded, methods=methods, everything=everything, limit=limit, progress=progress, name=name
    )
    data = record(reading, title, shown=shown)
    if other is not None:
        beside = record(other, title, shown={"method": other_method} if other_method else None)
        data["other"] = {**beside, "links": links_of(reading, other)}
    if question is not None:
        data["question"] = dict(question)
    page = _page(reading, title, data)
    if target is None:
        return page.decode("utf-8")
    write_whole(target, page)
    return target


def _recorded(
    reading: Reading,
    title: str | None,
    *,
    methods: str | Sequence[str] | None,
    everything: bool,
    limit: float,
    shown: Mapping[str, Any] | None,
    progress: Progress | None,
    name: str,
) -> dict[str, Any]:
    """Return the data of *reading*, for a page under *limit* megabytes."""
    infos = methods_of_file(reading, methods, shown_methods(shown or {}), everything=everything)
    if not infos:
        raise AttrWidgetError(f"{reading.model_name} allows no method, so the page would show nothing.")
    shell = _page(reading, title, _data(reading, Plan(tuple(infos), 0, limit), {}, None, shown))
    room = limit * MB - len(shell) - _SPARE_BYTES

    def fits(data: dict[str, Any], plan: Plan) -> bool:
        return len(_page(reading, title, data)) <= plan.max_mb * MB

    *tried, sure = make_plans(reading, infos, room, limit)
    for plan in (*tried, sure):
        with announced_work(reading, plan.recorded(), progress, name, heads=plan.bits > 0) as report:
            data, layers = _of_plan(reading, plan, report, shown, may_fail=methods is None)
        if methods is None and not everything:
            data["left_out"] += too_long_for_file(reading, infos)
        whole = _with_layers(data, layers)
        if isinstance(layers, dict) and not fits(whole, plan):
            whole = _with_layers(data, f"{LEFT_OUT}, to keep it under {plan.max_mb:g} MB.")
        if plan is sure or fits(whole, plan):
            break
    return whole


def _of_plan(
    reading: Reading, plan: Plan, report: Progress, shown: Mapping[str, Any] | None, *, may_fail: bool
) -> tuple[dict[str, Any], dict[str, Any] | str]:
    """Return the data of a page by *plan*, and beside it the layers or why they are not there."""
    lens = lens_for_page(reading)
    count = reading.n_steps
    rows = count * (len(plan.recorded()) + 2 * bool(plan.bits))
    total = rows + count * (not isinstance(lens, str))
    first, last = part_of(report, 0, rows, total), part_of(report, rows, count, total)
    plan, scores, attention, heads = _numbers(reading, plan, first, may_fail=may_fail)
    layers = lens if isinstance(lens, str) else record_layers(reading, lens, last)
    return _data(reading, plan, scores, attention, shown) | {"heads": heads}, layers


def _with_layers(data: dict[str, Any], layers: dict[str, Any] | str) -> dict[str, Any]:
    """Return *data* with the *layers*, or with the sentence on why they are not there."""
    if isinstance(layers, dict):
        known = {"lens": {"layers": layers["layers"], "seconds": 0.0}}
        return {**data, "content": data["content"] | known, "lens": layers}
    left_out = [layers] if layers.startswith(LEFT_OUT) else []
    entry = {"lens_note": layers} if layers else {}
    return {**data, "content": data["content"] | entry, "left_out": [*data["left_out"], *left_out]}


def _numbers(
    reading: Reading, plan: Plan, progress: Progress, *, may_fail: bool
) -> tuple[Plan, dict[str, NDArray[np.float32]], dict[str, Any] | None, dict[str, Any] | None]:
    """Return the plan, and what it carries encoded for the page: scores by method, attention, and what heads give.

    If a method *may_fail*, one that the model turns out not to allow for this text is left out of the plan.
    """
    steps, recorded = range(reading.n_steps), plan.recorded()
    count = len(steps)
    total = count * (len(recorded) + 2 * bool(plan.bits))
    scores: dict[str, NDArray[np.float32]] = {}
    for index, method in enumerate(recorded):
        report = part_of(progress, index * count, count, total)
        try:
            scores[method.name] = reading.rows(method.name, steps, progress=report)
        except AttrWidgetError as error:
            if not may_fail:
                raise
            plan = plan.without(method, str(error))
            if not scores and len(plan.methods) == 1:  # the text can be shown without any score
                scores[method.name] = np.full((count, reading.n_inputs), np.nan, np.float32)
        report(count, count)
    if not plan.bits:
        return plan, scores, None, None
    first, second = (part_of(progress, (len(recorded) + i) * count, count, total) for i in range(2))
    return plan, scores, record_attention(reading, plan.bits, first), record_given(reading, second)


def _data(
    reading: Reading,
    plan: Plan,
    scores: dict[str, NDArray[np.float32]],
    attention: dict[str, Any] | None,
    shown: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the data of the page as JSON; docs/protocol.md has its form."""
    names = [method.name for method in plan.methods]
    content = with_falls(content_of(reading, model=False), reading)
    content["model"] = public_name(reading.model_name)
    content["methods"] = [{**method_entry(method), "seconds": 0.0} for method in plan.methods]
    if attention is None:
        note = "This file does not carry single attention heads." if reading.n_layers else None
        content |= {"layers": 0, "heads": 0, "attention_note": reading.attention_note or note}
    state = {
        **initial_state(reading),
        "method": names[0],
        **(shown or {}),
        "foil": None,
    }
    if state["method"] not in names:
        state["method"] = names[0]
    if attention is None:
        state |= {"layer": None, "heads": []}
    known, experts, left_out = record_experts(reading)
    return {
        "v": VERSION,
        "content": content | known,
        "state": state,
        "scores": scores,
        **experts,
        **_beside_scores(reading, scores),
        "attention": attention,
        "checks": []
        if reading.checks is None
        else [_checked(check) for check in reading.checks.made.values()],
        "left_out": [*plan.left_out, *left_out],
    }


def _checked(check: Check) -> dict[str, Any]:
    """Return *check* as JSON."""
    numbers = [check.probability, check.without, *check.others]
    return {
        "steps": list(check.steps),
        "inputs": list(check.inputs),
        "lowest": list(check.lowest),
        "numbers": [
            float(f"{p:.6g}") for p in numbers
        ],  # as many digits as the footer's, which rounds them again
    }


def _beside_scores(reading: Reading, methods: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
    """Return the notes and sums of all steps, for each of *methods* that has some."""
    beside = {name: beside_rows(reading, name, range(reading.n_steps)) for name in methods}
    return {
        what: {name: found[what] for name, found in beside.items() if what in found}
        for what in ("notes", "sums")
    }


def _page(reading: Reading, title: str | None, data: dict[str, Any]) -> bytes:
    """Return the whole page as bytes."""
    asked = (title,) if title is not None else _title(reading)
    opener, script = _inside_script(read_bundle("open.js")), read_bundle("page.js")
    policy = (
        f"default-src 'none'; script-src {_digest(opener)} {_digest(script)}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    page = _PAGE.format(
        policy=policy,
        version=escape(__version__),
        title=escape(printable("".join(asked))),
        heading="".join(
            f"<bdi>{escape(printable(part))}</bdi>" if i % 2 else escape(printable(part))
            for i, part in enumerate(asked)
        ),
        still=to_fallback_html(reading, data["state"]["method"], []),
        data=pack_data(data),
        script=_packed(script),
        opener=opener,
    )
    return page.encode("utf-8", "replace")


def _digest(code: str) -> str:
    """Return *code* as a source of scripts that a page allows."""
    digest = hashlib.sha256(code.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _packed(code: str) -> str:
    return pack_text(code)


def _inside_script(code: str) -> str:
    """Return *code* with nothing in it that ends an HTML script; inside strings the meaning is the same."""
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _title(reading: Reading) -> tuple[str, ...]:
    """Return the question that heads the page: our words in turn with names, which may be written right to left."""
    model = public_name(reading.model_name) or "the model"
    if reading.answer_text == "":
        return ("How does ", model, " read this text?")
    first, special = reading.first_step, reading.tokens.special
    words = [u.text for u in reading.tokens.units if u.start >= first and not special[u.start]]
    text = "".join(words or [u.text for u in reading.tokens.units if u.start >= first])
    answer = reading.answer_text or " ".join(text.split()) or visible(text)
    answer = answer if len(answer) <= 60 else answer[:59] + "…"
    return ("Why did ", model, " say “", answer, "”?")
