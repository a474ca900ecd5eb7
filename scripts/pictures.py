"""Draw the pictures of the documentation from the real widget: `python scripts/pictures.py`.

Explains texts with the bundled models, writes the offline pages, and photographs them in a headless Chromium
(CHROMIUM names another one) in light and dark. Needs a font with Chinese characters.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import attrwidget as aw
from attrwidget.kinds.table import kind_of

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.live import LiveWidget
from helpers.real import smollm2

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DEMO = ("demo", "My friend from Italy says that the first president of America is")
TRANSLATION = ("demo-translation", "我喜歡機器學習和人工智慧。")
CHAT = ("smollm2", "What is the capital of France?")
REVIEW = ("demo-sentiment", "I had not read the book. The plot was not boring at all.")
SHOTS = {
    "chat-light": (CHAT, "light", {"method": "gim"}),
    "text-light": (DEMO, "light", {"method": "saliency"}),
    "text-dark": (DEMO, "dark", {"method": "saliency"}),
    "flow-light": (DEMO, "light", {"method": "saliency", "view": "flow"}),
    "matrix-light": (DEMO, "light", {"method": "saliency", "view": "matrix"}),
    "matrix-dark": (DEMO, "dark", {"method": "input_x_gradient", "view": "matrix"}),
    "attention-light": (DEMO, "light", {"method": "attention", "heads": [(0, 3)]}),
    "translation-light": (TRANSLATION, "light", {"held": [2], "method": "saliency"}),
    "sentiment-dark": (REVIEW, "dark", {"method": "leave_one_out"}),
}
FIGURES = {
    "figure-light": (CHAT, {"method": "gim"}),
    "figure-flow": (CHAT, {"method": "gim", "view": "flow"}),
}


@cache
def explained(model: str, text: str) -> aw.Explanation:
    """Return the explanation of *text* by a bundled model, or of a chat with SmolLM2, whose words are checked."""
    if model == "smollm2":
        answered: aw.Explanation = smollm2().explain([{"role": "user", "content": text}], max_new_tokens=8)
        for step in range(answered.reading.n_steps):
            check_if_possible(answered, step)
        return answered
    loaded = aw.load(model)
    count = kind_of(loaded.task).form.new_tokens
    return loaded.explain(text, **({"max_new_tokens": count} if count else {}))


def check_if_possible(explanation: aw.Explanation, step: int) -> None:
    """Check a step, which the page then carries."""
    with suppress(aw.AttrWidgetError):
        explanation.check(step, "gim")


def draw_similar(browser: Browser) -> None:
    """Photograph the panel that searches a corpus, which needs Python: a page without it has none."""
    model = aw.load("demo-masked")
    explanation = model.explain("The capital of [MASK] is Berlin.").with_corpus(aw.corpus("demo", model))
    page = browser.new_page(viewport={"width": 980, "height": 640}, device_scale_factor=2)
    live = LiveWidget(page, explanation)
    panel = page.locator(".aw-similar")
    live.until(panel.is_visible)
    panel.locator(".open").click()
    page.locator("[role=option]", has_text="Berlin").first.click()
    panel.locator(".by select").first.select_option("1")
    live.until(lambda: "Berlin" in (panel.locator(".says").text_content() or ""))
    live.wait(1000)
    panel.screenshot(path=PICTURES / "similar-light.png")
    live.close()
    page.close()


def main() -> None:
    """Write every picture into docs/pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    for name, (what, options) in FIGURES.items():
        explained(*what).figure(PICTURES / f"{name}.png", **options)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (what, scheme, state) in SHOTS.items():
            explanation = explained(*what)
            for trait, value in {"held": [], "view": "text", "heads": [], **state}.items():
                setattr(explanation.widget, trait, value)
            page = browser.new_page(
                viewport={"width": 980, "height": 640}, color_scheme=scheme, device_scale_factor=2
            )
            page.goto(explanation.to_html(Path(folder) / f"{name}.html").as_uri())
            page.evaluate("localStorage.setItem('attrwidget-seen', '1')")
            page.reload()
            page.wait_for_timeout(500)
            page.locator("#attrwidget").screenshot(path=PICTURES / f"{name}.png")
            page.close()
        draw_similar(browser)
        browser.close()


if __name__ == "__main__":
    main()
