"""Leave-one-out against one forward pass per token and prefix, against a mask made by hand, and stopped half-way."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ARCHITECTURES, build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.engine.masking import find_masking
from attrwidget.engine.perturb import Perturber
from attrwidget.methods.leave_one_out import LEAVE_ONE_OUT_DELETED

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, STEPS = 7, 6
IDS = random_ids(FIRST + STEPS)


@pytest.fixture(autouse=True)
def _reuse(monkeypatch: Any) -> None:
    """Texts as short as these go on after a cache of what comes before the change, as long ones do."""
    monkeypatch.setattr("attrwidget.engine.perturb._WORTH", 2)


def explained(model: Any, ids: list[int] = IDS, first: int = FIRST) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(ids[:first], output=ids[first:])


def log_prob(model: Any, ids: list[int], target: int, **options: Any) -> float:
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False, **options).logits[0, -1]
    return float(logits.double().log_softmax(-1)[target])


def naive(without: Callable[[list[int], int, int], float], whole: Callable[[list[int], int], float]) -> Any:
    """Score ``[steps, inputs]`` prefix by prefix and token by token."""
    rows = np.full((STEPS, len(IDS) - 1), np.nan)
    for step in range(STEPS):
        prefix, target = IDS[: FIRST + step], IDS[FIRST + step]
        for j in range(len(prefix)):
            rows[step, j] = whole(prefix, target) - without(prefix, target, j)
    return rows


def close(ours: Any, truth: Any) -> None:
    np.testing.assert_allclose(ours, truth, rtol=0, atol=2e-5 * np.nanmax(np.abs(truth)))


@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral", "opt", "gptj", "mpt", "mamba"])
def test_masked_equals_naive_masked_passes(name: str) -> None:
    model = build(name)
    positions = name not in ("mpt", "mamba")

    def options(prefix: list[int], j: int | None) -> dict[str, Any]:
        mask = torch.ones(1, len(prefix), dtype=torch.long)
        if j is not None:
            mask[0, j] = 0
        made = {"attention_mask": mask}
        return {**made, "position_ids": torch.arange(len(prefix))[None]} if positions else made

    truth = naive(
        lambda prefix, target, j: log_prob(model, prefix, target, **options(prefix, j)),
        lambda prefix, target: log_prob(model, prefix, target, **options(prefix, None)),
    )
    close(explained(model).scores("leave_one_out"), truth)


@pytest.mark.parametrize("name", ["gpt2", "llama", "gpt_neox"])
def test_masked_equals_a_mask_made_by_hand(name: str) -> None:
    """A 4-D mask, [queries, keys], as the attention itself takes it: key j is closed to every query."""
    model = build(name, attention="eager")
    lowest = torch.finfo(torch.float32).min

    def by_hand(prefix: list[int], target: int, j: int | None = None) -> float:
        n = len(prefix)
        mask = torch.zeros(n, n).masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), lowest)
        if j is not None:
            mask[:, j] = lowest
        return log_prob(
            model, prefix, target, attention_mask=mask[None, None], position_ids=torch.arange(n)[None]
        )

    close(explained(model).scores("leave_one_out"), naive(by_hand, by_hand))


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_deleted_equals_texts_without_the_token(name: str) -> None:
    model = build(name)
    truth = naive(
        lambda prefix, target, j: log_prob(model, prefix[:j] + prefix[j + 1 :], target),
        lambda prefix, target: log_prob(model, prefix, target),
    )
    close(explained(model).scores("leave_one_out_deleted"), truth)


@pytest.mark.slow
@pytest.mark.parametrize(("token", "stands"), [("auto", 0), ("pad", 0), (17, 17)])
def test_replaced_equals_texts_with_another_token(token: Any, stands: int) -> None:
    model = build("llama")
    truth = naive(
        lambda prefix, target, j: log_prob(model, [*prefix[:j], stands, *prefix[j + 1 :]], target),
        lambda prefix, target: log_prob(model, prefix, target),
    )
    scores = explained(model).scores("leave_one_out_replaced", token=token)
    close(scores, truth)
    assert "replaced by" in scores.attrs["note"]


def test_the_only_token_cannot_be_deleted() -> None:
    with pytest.warns(UserWarning, match="with one token gone, nothing is left .* Give a longer prompt"):
        scores = explained(build("llama"), first=1).scores("leave_one_out_deleted").to_numpy()
    seen = np.arange(len(IDS) - 1) < 1 + np.arange(len(IDS) - 1)[:, None]
    seen[0, 0] = False
    np.testing.assert_array_equal(np.isnan(scores), ~seen)


@pytest.mark.parametrize("method", ["leave_one_out", "leave_one_out_deleted", "leave_one_out_replaced"])
@pytest.mark.parametrize("function", ["logit", "probability", "entropy"])
def test_target_functions(method: str, function: str) -> None:
    """The difference of what ``steps`` reads of the whole and of the changed text."""
    model = build("gpt2")
    ex = explained(model)
    ours = ex.scores(method, target_function=function).to_numpy()
    target, j, last = IDS[-1], 3, IDS[:-1]
    changed, mask = list(last), [1] * len(last)
    if method == "leave_one_out":
        mask[j] = 0
    elif method == "leave_one_out_deleted":
        del changed[j], mask[0]
    else:
        changed[j] = 0

    def read(ids: list[int], mask: list[int]) -> float:
        options = {"attention_mask": torch.tensor([mask]), "position_ids": torch.arange(len(ids))[None]}
        with torch.no_grad():
            logits = model(torch.tensor([ids]), use_cache=False, **options).logits[0, -1].double()
        if function == "logit":
            return float(logits[target])
        if function == "probability":
            return float(logits.softmax(-1)[target])
        return float(torch.distributions.Categorical(logits=logits).entropy())

    expected = read(last, [1] * len(last)) - read(changed, mask)
    assert abs(ours[-1, j] - expected) < 1e-4 * max(1, abs(expected))


def test_batches_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model, made = build("llama"), []
    original = Perturber.__post_init__

    def small(self: Perturber) -> None:
        self.size = 3
        original(self)

    made.append(explained(model).scores("leave_one_out"))
    monkeypatch.setattr(Perturber, "__post_init__", small)
    made.append(explained(model).scores("leave_one_out"))
    np.testing.assert_allclose(*made, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_memory_running_out_makes_batches_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    model, sizes = build("llama"), []
    truth = explained(model).scores("leave_one_out")
    original = Perturber.logits

    def tight(self: Perturber, inputs: Any) -> Any:
        sizes.append(len(inputs))
        if len(inputs) > 2:
            raise torch.OutOfMemoryError
        return original(self, inputs)

    monkeypatch.setattr(Perturber, "logits", tight)
    np.testing.assert_allclose(explained(model).scores("leave_one_out"), truth, rtol=0, atol=1e-5)
    assert sizes[0] == 1  # the unchanged text is compared with the first run
    assert sizes[1:4] == [12, 6, 3]
    assert max(sizes[4:]) <= 2

    monkeypatch.setattr(Perturber, "logits", lambda *_: (_ for _ in ()).throw(torch.OutOfMemoryError()))
    with pytest.raises(aw.AttrWidgetError, match="not enough memory"):
        explained(model).scores("leave_one_out")


def test_a_run_that_does_not_fit_is_refused_before_work(monkeypatch: pytest.MonkeyPatch) -> None:
    ex = explained(build("llama"))
    monkeypatch.setattr("attrwidget.engine.perturb.texts_at_once", lambda *_: 1)
    monkeypatch.setattr("attrwidget.engine.memory.free_bytes", lambda _: 1000)
    with pytest.raises(aw.AttrWidgetError, match=r"A run of \d+ tokens needs .* and 0.0 MB are free"):
        ex.scores("leave_one_out")


def test_stopped_work_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    model, ran = build("llama"), []
    truth = explained(model).scores("leave_one_out").to_numpy()
    original = Perturber.logits

    def watched(self: Perturber, inputs: Any) -> Any:
        ran.extend(i for group in inputs[:2] for i in group)
        return original(self, inputs[:2])

    def stop(done: int, _total: int) -> None:
        if done >= 8:
            raise aw.Cancelled

    monkeypatch.setattr(Perturber, "batch", lambda self, i, read: [read(r) for r in self.logits(i)])
    monkeypatch.setattr(Perturber, "logits", watched)
    ex = explained(model)
    with pytest.raises(aw.Cancelled):
        ex.reading.rows("leave_one_out", range(STEPS), progress=stop)
    assert ran == list(range(8))
    assert ex.reading.has_rows("leave_one_out", [0])
    assert not ex.reading.has_rows("leave_one_out", [2])
    seen: list[tuple[int, int]] = []
    rows = ex.reading.rows("leave_one_out", range(STEPS), progress=lambda *done: seen.append(done))
    assert ran == list(range(FIRST + STEPS - 1))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen[1:]] == sorted(done for done, _ in seen[1:])
    np.testing.assert_allclose(rows, truth, rtol=0, atol=1e-5)


def test_one_step_runs_no_more_inputs_than_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    ran, original = [], Perturber.logits

    def watched(self: Perturber, inputs: Any) -> Any:
        ran.extend(i for group in inputs for i in group)
        return original(self, inputs)

    monkeypatch.setattr(Perturber, "logits", watched)
    ex = explained(build("llama"))
    ex.reading.rows("leave_one_out", [1])
    assert ran == list(range(FIRST + 1))
    assert ex.reading.has_rows("leave_one_out", [0, 1])


def test_later_tokens_change_nothing() -> None:
    model = build("gpt2")
    ours = explained(model).scores("leave_one_out").to_numpy()
    other = explained(model, [*IDS[: FIRST + 3], 9, 8, 7]).scores("leave_one_out").to_numpy()
    close(other[:3], ours[:3])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_becomes_of_a_masked_token(name: str) -> None:
    ex = explained(build(name))
    moves = name in ("bloom", "falcon_alibi")  # ALiBi is made from the mask's running sum there
    assert ex.trace.capabilities.masking == ("moves" if moves else "kept")
    note = ex.scores("leave_one_out").attrs.get("note")
    assert (note is not None and "move up" in note) if moves else note is None


def test_a_model_that_ignores_masks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build("gpt2")
    forward = model.forward

    def deaf(input_ids: Any = None, attention_mask: Any = None, **options: Any) -> Any:
        mask = None if attention_mask is None else torch.ones_like(attention_mask)
        return forward(input_ids=input_ids, attention_mask=mask, **options)

    monkeypatch.setattr(model, "forward", deaf)
    ex = explained(model)
    assert ex.trace.capabilities.masking == "ignored"
    assert find_masking(ex.trace.model, ids := torch.tensor([IDS]), model(ids).logits[0])[0] == "ignored"
    names = [method.name for method in ex.methods()]
    assert "leave_one_out" not in names
    assert "leave_one_out_deleted" in names
    with pytest.raises(aw.AttrWidgetError, match="does not heed: take 'leave_one_out_deleted'"):
        ex.scores("leave_one_out")


@pytest.mark.parametrize(
    ("token", "says"), [("mask", "no mask token"), (330, "ids go from 0 to 329"), ("zero", "'auto', 'mask'")]
)
def test_tokens_that_cannot_stand_in(token: Any, says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says):
        explained(build("llama")).scores("leave_one_out_replaced", token=token)


@pytest.mark.parametrize("method", ["leave_one_out", "leave_one_out_deleted", "value_zeroing"])
def test_what_comes_before_a_change_is_run_once(method: str) -> None:
    model, run = build("llama"), []
    ids = random_ids(60)
    ex = explained(model, ids, 55)
    embeddings = ex.trace.model.hf.get_input_embeddings()
    handle = embeddings.register_forward_hook(lambda _module, args, _output: run.append(args[0].numel()))
    ex.reading.rows(method, range(ex.reading.n_steps))
    handle.remove()
    assert sum(run) < 0.75 * ex.reading.n_inputs**2


@pytest.mark.parametrize("size", [1, 3])
def test_groups_of_any_size_equal_a_mask_made_by_hand(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Masked inputs are not run, as many as the texts of a batch have in common."""
    monkeypatch.setattr("attrwidget.engine.compared_runs._SHORT", 0)
    model = build("llama", attention="eager")
    ex, groups = explained(model), [(3, 4, 5), (2, 6), (1, 3, 4, 5, 6, 9)]
    perturber = ex.trace.perturber("mask")
    assert perturber.gaps
    perturber.size, ours = size, []
    while len(ours) < len(groups):
        ours += perturber.batch(groups[len(ours) :], lambda logits: logits)
    n = len(IDS) - 1
    causal = torch.ones(n, n, dtype=torch.bool).triu(1)
    for group, logits in zip(groups, ours, strict=True):
        mask = torch.zeros(n, n).masked_fill(causal, torch.finfo(torch.float32).min)
        mask[:, list(group)] = torch.finfo(torch.float32).min
        with torch.no_grad():
            truth = model(torch.tensor([IDS[:-1]]), attention_mask=mask[None, None], use_cache=False).logits
        torch.testing.assert_close(logits, truth[0, -STEPS:], rtol=1e-5, atol=1e-5)


def test_a_span_that_is_left_out_costs_what_comes_after_it() -> None:
    run: list[int] = []
    ex, spans = explained(build("llama"), random_ids(200), 190), [(20, 60), (100, 150)]
    embeddings = ex.trace.model.hf.get_input_embeddings()
    handle = embeddings.register_forward_hook(lambda _module, args, _output: run.append(args[0].numel()))
    scores = ex.by_unit(spans, normalize=None)
    handle.remove()
    after = sum(ex.reading.n_inputs - end for _, end in spans)
    assert sum(run) <= after + 64 + 2  # the end of the unchanged text, and two tokens with half of it gone
    ex.trace.drop_cache()
    ex.trace.partial_results.clear()
    np.testing.assert_allclose(ex.by_unit(spans, normalize=None), scores, rtol=0, atol=1e-5)


def test_the_last_token_that_counts_most_when_deleted_is_told() -> None:
    ex = explained(build("gpt2"))
    note = LEAVE_ONE_OUT_DELETED.note_on_rows
    assert note is not None
    rows = np.full((STEPS, len(IDS) - 1), 0.1)
    for step in range(STEPS):
        rows[step, FIRST + step :] = np.nan
    assert note(ex.trace, range(STEPS), rows) is None
    for step in range(STEPS - 2):
        rows[step, FIRST + step - 1] = -0.5
    assert "the last token counts most" in (note(ex.trace, range(STEPS), rows) or "")
    assert note(ex.trace, [STEPS - 1], rows[-1:]) is None


@pytest.mark.parametrize("pads", [False, True], ids=["end", "end as padding"])
def test_an_end_of_text_in_the_place_of_inputs_is_told(pads: bool) -> None:
    tokenizer = copy.deepcopy(byte_tokenizer())
    end = tokenizer.convert_ids_to_tokens(0)
    tokenizer.mask_token = tokenizer.unk_token = None
    tokenizer.eos_token, tokenizer.pad_token = end, end if pads else None
    ex = aw.load(build("gpt2"), tokenizer).explain(IDS[:FIRST], output=IDS[FIRST:])
    assert "models begin a new text" in ex.scores("leave_one_out_replaced").attrs["note"]
    assert "new text" not in ex.scores("leave_one_out_replaced", token=5).attrs["note"]
