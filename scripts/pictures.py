"""Draw the pictures of the documentation from the real widget: `python scripts/pictures.py`.

Explains texts with the bundled models, writes the offline pages, and photographs them in a headless Chromium
(CHROMIUM names another one) in light and dark. Needs a font with Chinese characters.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

import attrwidget as aw
from attrwidget.kinds.table import kind_of

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DEMO = ("demo", "My friend from Italy says that the first president of America is")
TRANSLATION = ("demo-translation", "我的哥哥把便宜的書寄給了你。")
REVIEW = ("demo-sentiment", "I had not read the book. The plot was not boring at all.")
SHOTS = {
    "text-light": (DEMO, "light", {"method": "saliency"}),
    "text-dark": (DEMO, "dark", {"method": "saliency"}),
    "matrix-light": (DEMO, "light", {"method": "saliency", "view": "matrix"}),
    "matrix-dark": (DEMO, "dark", {"method": "input_x_gradient", "view": "matrix"}),
    "attention-light": (DEMO, "light", {"method": "attention", "heads": [(0, 3)]}),
    "translation-light": (TRANSLATION, "light", {"held": [2], "method": "saliency"}),
    "sentiment-dark": (REVIEW, "dark", {"method": "leave_one_out"}),
}


@cache
def explained(model: str, text: str) -> aw.Explanation:
    """Return the explanation of *text* by a bundled model."""
    loaded = aw.load(model)
    count = kind_of(loaded.task).form.new_tokens
    return loaded.explain(text, **({"max_new_tokens": count} if count else {}))


def main() -> None:
    """Write every picture into docs/pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (what, scheme, state) in SHOTS.items():
            explanation = explained(*what)
            for trait, value in {"held": [0], "view": "text", "heads": [], **state}.items():
                setattr(explanation.widget, trait, value)
            page = browser.new_page(
                viewport={"width": 980, "height": 560}, color_scheme=scheme, device_scale_factor=2
            )
            page.goto(explanation.to_html(Path(folder) / f"{name}.html").as_uri())
            page.wait_for_timeout(500)
            page.locator("#attrwidget").screenshot(path=PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
