"""The app's screen, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import encoders
from helpers.chats import CHATML, chat_tokenizer
from helpers.tiny import build, byte_tokenizer, save
from helpers.waiting import join
from traitlets import TraitError

from attrwidget.apps.explorer import Explorer
from attrwidget.apps.served import Served
from attrwidget.apps.workbench import SWITCH, WARM_UP
from attrwidget.bundled import BUNDLED
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from attrwidget.bundled import Bundled

PROMPT = "The first president of America is"


@pytest.fixture(autouse=True)
def _warmed_up() -> Iterator[None]:
    """Let no model be loaded in another thread when the next test loads one: Transformers loads one at a time."""
    yield
    join(WARM_UP)


def until_idle(explorer: Explorer) -> None:
    join("(_work)")
    assert not explorer.form.generate.disabled


def generated(explorer: Explorer) -> str:
    assert explorer.explanation is not None
    return "".join(unit.text for unit in explorer.explanation.tokens.units)


def test_the_app_explains_and_shows_the_widget() -> None:
    explorer = Explorer(max_new_tokens=3)
    explorer.start()
    until_idle(explorer)
    assert explorer.message.value == ""
    assert generated(explorer) == f"{PROMPT} George Washington."
    assert list(explorer.result.children) == [explorer.explanation.widget]


def test_a_mistake_in_the_app_keeps_the_explanation_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    explorer = Explorer(max_new_tokens=2, allowed=Served(allow_hub=True))
    explorer.start()
    until_idle(explorer)
    before, shown = explorer.explanation, explorer.result.children
    explorer.form.source.value = ""  # another one, by its name
    assert explorer.form.name.layout.display != "none"
    explorer.form.name.value = "no-such-folder/at-all"
    explorer.start()
    until_idle(explorer)
    assert "no-such-folder/at-all" in explorer.message.value
    assert explorer.explanation is before
    assert explorer.result.children == shown
    explorer.form.source.value = BUNDLED[0].name
    explorer.form.prompt.value = "  "
    explorer.start()
    until_idle(explorer)
    assert explorer.message.value
    explorer.form.prompt.value = BUNDLED[0].examples[1]
    explorer.start()
    until_idle(explorer)
    assert explorer.message.value == ""
    assert generated(explorer).startswith(f"{BUNDLED[0].examples[1]} Tokyo")


def test_cancel_stops_generation_and_keeps_the_explanation_shown() -> None:
    explorer = Explorer(max_new_tokens=2)
    explorer.start()
    until_idle(explorer)
    before = explorer.explanation
    seen: list[int] = []

    def give_up(change: dict[str, int]) -> None:
        seen.append(change["new"])
        if change["new"] == 1:
            explorer.stop()

    explorer.progress.observe(give_up, "value")
    explorer.form.count.value = 40
    explorer.form.prompt.value = "Facts about Kenya:"
    explorer.start()
    until_idle(explorer)
    explorer.start()
    explorer.stop()
    until_idle(explorer)
    assert explorer.status.value == "Cancelled."
    assert max(seen) == 1
    assert explorer.explanation is before


def test_an_empty_prompt_is_said_before_anything_is_loaded() -> None:
    explorer = Explorer(" \n")
    explorer.start()
    assert "There is no text" in explorer.message.value
    assert not explorer.form.generate.disabled
    assert explorer.explanation is None


@pytest.mark.slow
@pytest.mark.parametrize("bundled", BUNDLED, ids=lambda one: one.name)
def test_the_form_follows_the_bundled_model_and_its_examples_work(bundled: Bundled) -> None:
    explorer, form = Explorer(), kind_of(bundled.task).form
    explorer.form.source.value = bundled.name
    assert (explorer.form.prompt.description, explorer.form.generate.description) == (form.text, form.verb)
    assert (explorer.form.count.layout.display is None) is (form.new_tokens > 0)
    for example in bundled.examples:
        explorer.form.prompt.value = example
        explorer.start()
        until_idle(explorer)
        assert explorer.message.value == ""
        assert example.replace(" ", "").lower() in generated(explorer).replace(" ", "").lower()


def test_a_chat_model_is_asked_and_the_switch_turns_that_off(tmp_path: Path) -> None:
    folder = save(build("llama"), tmp_path, byte_tokenizer(chat=True))
    explorer = Explorer("Who was first?", max_new_tokens=2, allowed=Served(models=(folder,)))
    assert explorer.form.chat_row.layout.display == "none"  # the bundled model knows no chats
    explorer.form.source.value = folder
    assert explorer.form.chat_row.layout.display is None
    explorer.form.prompt.value, explorer.form.count.value = "Who was first?", 2
    for chat, titles in ((True, ["user", "assistant", "Answer"]), (False, ["Prompt", "Answer"])):
        explorer.form.chat.value = chat
        explorer.start()
        until_idle(explorer)
        assert explorer.explanation is not None
        assert [section.title for section in explorer.explanation.reading.sections] == titles
        assert explorer.form.generate.description == ("Ask" if chat else "Generate")
        assert explorer.form.chat.value is chat
        assert explorer.explanation.warnings == ([] if chat else [SWITCH])
    explorer.form.source.value = BUNDLED[0].name
    assert explorer.form.chat_row.layout.display == "none"


def test_a_model_that_was_not_trained_on_chats_goes_on_with_the_text(tmp_path: Path) -> None:
    tokenizer = chat_tokenizer(CHATML)  # whose end of an answer is not the model's end of a text
    folder = save(build("llama", vocab_size=340), tmp_path, tokenizer)
    explorer = Explorer("Who was first?", allowed=Served(models=(folder,)))
    explorer.form.source.value = folder
    explorer.form.count.value = 1
    explorer.start()
    until_idle(explorer)
    assert explorer.message.value == ""
    assert explorer.form.chat.value is False
    assert explorer.form.chat_row.layout.display is None
    explorer.form.chat.value = True
    assert explorer.form.prompt.description == "Message"


def test_a_model_of_another_kind_asks_for_what_it_needs(tmp_path: Path) -> None:
    folder = save(encoders.build("bert", "ForQuestionAnswering"), tmp_path, encoders.word_tokenizer())
    explorer = Explorer("who wrote the story?", allowed=Served(models=(folder,)))
    explorer.form.source.value = folder
    assert explorer.form.context.layout.display == "none"
    explorer.start()
    until_idle(explorer)
    assert "under Context" in explorer.message.value
    assert explorer.form.context.layout.display is None
    assert explorer.form.count.layout.display == "none"
    explorer.form.context.value = "anna wrote the story."
    explorer.start()
    until_idle(explorer)
    assert explorer.message.value == ""
    assert explorer.explanation is not None
    assert [section.title for section in explorer.explanation.reading.sections[:2]] == ["Question", "Context"]


def test_a_visitor_chooses_only_what_is_allowed(tmp_path: Path) -> None:
    explorer = Explorer("The")
    assert [value for _, value in explorer.form.source.options] == [one.name for one in BUNDLED]
    for value in ("", str(tmp_path), "gpt2"):
        with pytest.raises(TraitError):
            explorer.form.source.value = value
    explorer.form.source.value, explorer.form.name.value = None, "gpt2"  # a page can send it
    explorer.start()
    assert explorer.message.value == "No model is chosen: choose one from the list."
    explorer = Explorer("The", allowed=Served(allow_hub=True))
    explorer.form.source.value = ""
    assert explorer.form.name.layout.display is None
    for name in ("", str(tmp_path), "..", "src", "tests", "/etc/passwd", "no/such/folder", "~/models"):
        explorer.form.name.value = name
        explorer.start()
        assert explorer.message.value.endswith(
            "is no model's name at Hugging Face, such as openai-community/gpt2."
        )
        assert explorer.form.generate.disabled is False


def test_a_text_too_long_for_everybody_is_said_before_anything_is_loaded() -> None:
    explorer = Explorer("word " * 10_000)
    explorer.start()
    assert "takes up to 20,000 characters" in explorer.message.value
    assert explorer.form.generate.disabled is False


def test_more_than_the_server_allows_is_a_sentence() -> None:
    explorer = Explorer("The capital", allowed=Served(characters=12, new_tokens=3))
    assert explorer.form.count.value == 3
    explorer.form.source.value = "demo-translation"
    assert explorer.form.count.value == 3
    explorer.form.prompt.value = "The capital of"
    explorer.start()
    assert explorer.message.value == "The text is too long for this app: it takes up to 12 characters."
    explorer.form.prompt.value = "The capital"
    explorer.form.count.max = explorer.form.count.value = 1000  # a page can send it
    explorer.start()
    assert explorer.message.value == "1,000 new tokens are too many for this app: it writes up to 3."
    assert explorer.shown is None
