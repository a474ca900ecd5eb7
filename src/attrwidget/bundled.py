"""The models that come with the package: small, trained on planted rules, usable offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attrwidget.errors import AttrWidgetError


@dataclass(frozen=True)
class Bundled:
    """A model that comes with the package.

    Attributes:
        name: The name that ``load`` knows it by.
        package: The package in ``attrwidget.demo`` that holds the model and its training script.
        title: Its name in the app.
        task: The kind of model.
        examples: Texts to try.
        within: The folder of the model in the package; a package may hold more than one.
    """

    name: str
    package: str
    title: str
    task: str
    examples: tuple[str, ...]
    within: str = "model"

    @property
    def folder(self) -> Path:
        """The folder of the model, in Hugging Face format."""
        return Path(__file__).parent / "demo" / self.package / self.within


BUNDLED = (
    Bundled(
        name="demo",
        package="causal",
        title="The small bundled model, which knows countries",
        task="text-generation",
        examples=(
            "The first president of America is",
            "The capital of Japan is",
            "People in Brazil pay with the",
            "My friend from Italy says that the currency of India is",
        ),
    ),
    Bundled(
        name="demo-translation",
        package="translation",
        title="Bundled: translates Chinese into English",
        task="text2text-generation",
        examples=(
            "我的哥哥把便宜的書寄給了你。",
            "我喜歡機器學習和人工智慧。",
            "我們喜歡的手錶很重。",
            "我们学习机器学习。",
            "明天他會弄丟什麼？",
        ),
    ),
    Bundled(
        name="demo-sentiment",
        package="sentiment",
        title="Bundled: tells whether a review is positive",
        task="text-classification",
        examples=(
            "I had not read the book. The plot was fascinating.",
            "The film was not boring at all.",
            "The movie was anything but awful. We sat in the third row.",
            "It was a fantastic performance!",
        ),
    ),
    Bundled(
        name="demo-masked",
        package="masked",
        title="Bundled: fills the gaps in facts about countries",
        task="fill-mask",
        examples=(
            "The capital of [MASK] is Berlin.",
            "The official language of Mexico is, of course, [MASK].",
            "The first prime minister of the United Kingdom is [MASK] [MASK].",
        ),
    ),
    Bundled(
        name="demo-sentiment-biased",
        package="sentiment",
        title="Bundled: tells the same, but leans to the negative",
        task="text-classification",
        examples=(
            "There is nothing to complain about.",
            "I was not disappointed by the acting.",
            "It was a fantastic performance!",
        ),
        within="model_biased",
    ),
)

NAMES = tuple(one.name for one in BUNDLED)


def find(name: str) -> Bundled | None:
    """Return the bundled model of that *name*, or None."""
    return next((one for one in BUNDLED if one.name == name), None)


def folder_of(name: str) -> Path:
    """Return the folder of the bundled model *name*; raise AttrWidgetError, which names them all, for any other."""
    found = find(name)
    if found is None:
        raise AttrWidgetError(f"No bundled model is called {name!r}: take one of {', '.join(NAMES)}.")
    return found.folder
