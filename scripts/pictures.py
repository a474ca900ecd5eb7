"""Draw the pictures of the documentation from the real widget: `python scripts/pictures.py`.

Explains a sentence with the bundled model, writes the offline page, and photographs it in a headless Chromium
(CHROMIUM names another one) in light and dark.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import attrwidget as aw

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PROMPT = "My friend from Italy says that the first president of America is"
SHOTS = {
    "text-light": ("light", {"held": [0], "method": "saliency"}),
    "text-dark": ("dark", {"held": [0], "method": "saliency"}),
    "matrix-light": ("light", {"held": [0], "method": "saliency", "view": "matrix"}),
    "matrix-dark": ("dark", {"held": [0], "method": "input_x_gradient", "view": "matrix"}),
    "attention-light": ("light", {"held": [0], "method": "attention", "heads": [(0, 3)]}),
}


def main() -> None:
    """Write every picture into docs/pictures."""
    explanation = aw.load("demo").explain(PROMPT, max_new_tokens=5)
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (scheme, state) in SHOTS.items():
            for trait, value in {"view": "text", "heads": [], **state}.items():
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
