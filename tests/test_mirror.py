"""The tests of a module are found by its name: ``tests/`` mirrors ``src/attrwidget/``.

``tests/<room>/test_<module>.py`` tests a module, or a package; ``test_<module>_<aspect>.py`` a part of it.
``tests/system/`` holds what several rooms promise together, ``tests/browser/`` what is seen in a real browser,
``tests/helpers/`` what tests share; ``tests/planted/`` trains and keeps the models of ``test_planted_truth``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src/attrwidget"
ACROSS_ROOMS = {"system", "browser"}
HERE = "test_mirror.py"
LONG = 100  # lines: a module longer than this has tests of its own name, or stands below

# Modules that are tested through what is built on them, and where.
TESTED_BY = {
    "apps/fields": "apps/test_explorer.py",
    "apps/server": "apps/test_guarded_server.py",
    "apps/workbench": "apps/test_explorer.py",
    "bundled": "demo/test_causal.py",
    "checks": "system/test_bad_input.py",
    "corpora/query": "corpora/test_corpus.py",
    "corpora/store": "corpora/test_make.py",
    "demo/training": "demo/test_causal.py",
    "engine/attention/rebuild": "engine/attention/test_recorder.py",
    "engine/compared_runs": "engine/test_text_check.py",
    "engine/forward": "engine/gradients/test_segments.py",
    "engine/gradients/gim": "methods/test_gim.py",
    "engine/gradients/padded": "dataset/test_batch.py",
    "engine/gradients/together": "dataset/test_batch.py",
    "engine/masking": "methods/test_leave_one_out.py",
    "engine/memory": "engine/gradients/test_checkpoint.py",
    "engine/perturb": "methods/test_leave_one_out.py",
    "dataset/collection": "dataset/test_explain.py",
    "dataset/index": "dataset/test_query.py",
    "dataset/widget": "browser/test_collection.py",
    "dataset/local": "dataset/test_explain.py",
    "methods/shared/removed_together": "dataset/test_batch.py",
    "methods/shared/several_inputs": "methods/test_integrated_gradients.py",
    "dataset/manifest": "dataset/test_explain.py",
    "dataset/shard": "dataset/test_explain.py",
    "engine/readings": "system/test_architectures.py",
    "engine/trace": "system/test_lazy.py",
    "evaluation/likeness": "test_comparison.py",
    "evaluation/result": "evaluation/test_faithfulness.py",
    "export/plan": "export/test_html.py",
    "export/recorded": "export/test_html.py",
    "figures/fonts": "figures/test_lines.py",
    "figures/picture": "figures/test_figure.py",
    "figures/printed": "figures/test_figure.py",
    "figures/shown": "figures/test_views.py",
    "figures/svg": "figures/test_figure.py",
    "figures/values": "figures/test_figure.py",
    "figures/views/flow": "figures/test_views.py",
    "figures/views/grid": "figures/test_views.py",
    "figures/views/layers": "figures/test_views.py",
    "figures/views/matrix": "figures/test_views.py",
    "figures/views/one_head": "figures/test_views.py",
    "figures/views/text_layout": "figures/test_figure.py",
    "formats/container": "formats/write/test_save.py",
    "formats/write/to_inseq": "formats/read/test_inseq.py",
    "hf/adapter": "kinds/test_classifier.py",
    "hf/attention_interface": "engine/attention/test_recorder.py",
    "hf/call_listener": "test_capture_calls.py",
    "hf/call_record": "test_capture_calls_kinds.py",
    "hf/internals/cache": "hf/test_internals.py",
    "hf/internals/modules": "hf/test_internals.py",
    "hf/loading": "test_load_model.py",
    "kinds/answers": "kinds/causal/test_model_batches.py",
    "kinds/causal/trace": "system/test_architectures.py",
    "kinds/causal/trials": "system/test_architectures.py",
    "kinds/encoder/adapter": "kinds/encoder/test_gradients.py",
    "kinds/encoder/text": "kinds/encoder/test_perturb.py",
    "kinds/encoder/trace": "kinds/encoder/test_gradients.py",
    "kinds/encoder/trials": "kinds/encoder/test_perturb.py",
    "kinds/model": "kinds/test_table_recipe.py",
    "kinds/seq2seq/adapter": "kinds/seq2seq/test_trace.py",
    "kinds/seq2seq/trials": "kinds/seq2seq/test_trace.py",
    "page/content": "widget/test_widget.py",
    "page/served": "widget/test_forwarded.py",
    "serve/page": "served/test_reading.py",
    "results/check": "results/test_live_check.py",
    "self_explanation/asking": "self_explanation/test_ask.py",
    "serve/allowed": "serve/test_app.py",
    "serve/corpus": "served/test_corpus.py",
    "serve/make": "served/test_explanation.py",
    "serve/warned": "served/test_explanation.py",
    "serve/requests": "serve/test_app.py",
    "wire/transport": "served/test_model.py",
    "wire/values": "served/test_explanation.py",
    "text/chat_defaults": "text/test_chat.py",
    "text/chat_contents": "text/test_chat.py",
    "text/chat_cut": "text/test_chat_families.py",
    "text/chat_layout": "text/test_chat_families.py",
    "text/chat_probes": "text/test_chat_families.py",
    "methods/external/captum_embeddings": "methods/external/test_captum.py",
    "methods/method": "methods/test_custom.py",
    "methods/public_trace": "methods/test_registry_recipe.py",
    "methods/request/cache": "system/test_lazy.py",
    "methods/request/foils": "methods/request/test_targets.py",
    "methods/request/make": "system/test_bad_input.py",
    "methods/shared/attention_weights": "methods/test_attention.py",
    "methods/shared/masked_coalitions": "system/test_external_methods.py",
    "methods/shared/one_at_a_time": "methods/test_leave_one_out.py",
    "methods/span_regression": "system/test_external_methods.py",
    "page/checks": "widget/test_widget.py",
    "page/packing": "export/test_html.py",
    "page/state": "widget/test_widget.py",
    "results/base": "system/test_lazy.py",
    "results/whole_words": "results/test_live_contrast.py",
    "explanation/attention": "test_explanation.py",
    "explanation/scores": "test_explanation.py",
    "explanation/trials": "test_explanation.py",
    "presentation": "test_explanation.py",
    "readings": "test_explanation.py",
    "widget/layer_requests": "widget/test_queries.py",
    "widget/score_requests": "widget/test_queries.py",
    "remote/echo": "remote/test_connect.py",
    "remote/explanation": "remote/test_connect.py",
    "remote/methods": "remote/test_connect.py",
    "remote/model": "remote/test_connect.py",
    "remote/perturber": "remote/test_connect.py",
    "remote/reading": "remote/test_changed_words.py",
    "remote/server": "remote/test_connect.py",
    "remote/trace": "remote/test_connect.py",
    "results/changed_words": "results/test_live_changed_words.py",
    "results/computed": "results/test_by_unit.py",
    "results/live_given": "results/test_given.py",
    "results/live": "system/test_lazy.py",
    "results/recorded": "formats/write/test_save.py",
    "results/saved": "formats/write/test_save.py",
    "saved": "test_explanation.py",
    "self_explanation/try_claims": "self_explanation/test_ask.py",
    "self_explanation/claims": "self_explanation/test_ask.py",
    "self_explanation/questions": "self_explanation/test_ask.py",
    "servers/server": "self_explanation/test_server.py",
    "teach/expressions": "teach/test_ask.py",
    "teach/marking": "teach/test_ask.py",
    "teach/slips": "teach/test_ask.py",
    "widget/session": "widget/test_worker.py",
    "without_model": "test_explanation.py",
    "methods/request/footnotes": "methods/test_integrated_gradients.py",
    "methods/shared/embeddings": "methods/test_integrated_gradients.py",
}


def modules() -> dict[str, int]:
    """Return the lines of every module, by its path without the suffix."""
    found = (path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")
    return {
        path.relative_to(SOURCE).with_suffix("").as_posix(): len(path.read_text().splitlines())
        for path in found
    }


def named_by(test: Path) -> set[str]:
    """Return the modules and packages that the name of a test file stands for."""
    room, subject = test.parent.relative_to(TESTS), test.stem.removeprefix("test_")
    names = {path.stem for path in (SOURCE / room).glob("*") if path.is_dir() or path.suffix == ".py"}
    return {(room / name).as_posix() for name in names if subject == name or subject.startswith(f"{name}_")}


def mirrored() -> list[Path]:
    """Return the test files that mirror the source."""
    files = (path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))
    return [TESTS / path for path in files if path.parts[0] not in {*ACROSS_ROOMS, HERE}]


def test_every_test_file_names_a_module() -> None:
    strangers = [path.relative_to(TESTS).as_posix() for path in mirrored() if not named_by(path)]
    assert not strangers, f"Name them after what they test, or move them to tests/system: {strangers}"


def test_every_long_module_has_tests() -> None:
    tested = set[str]().union(*(named_by(path) for path in mirrored()))
    packages = {name: {parent.as_posix() for parent in Path(name).parents} for name in modules()}
    missing = [
        name
        for name, lines in modules().items()
        if lines > LONG and name not in TESTED_BY and not tested & {name, *packages[name]}
    ]
    assert not missing, f"Give each a test file of its name, or list it in TESTED_BY: {missing}"


@pytest.mark.slow
def test_the_list_is_up_to_date() -> None:
    gone = [name for name in TESTED_BY if name not in modules()]
    moved = [test for test in TESTED_BY.values() if not (TESTS / test).exists()]
    assert (gone, moved) == ([], [])


def test_no_test_imports_from_another() -> None:
    for path in TESTS.rglob("*.py"):
        for line in path.read_text().splitlines():
            assert not (line.startswith(("from ", "import ")) and ".test_" in line), f"{path.name}: {line}"
