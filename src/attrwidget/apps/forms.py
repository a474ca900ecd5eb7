"""What the app and the command ask for, by kind of model."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """What is asked of a person: the text's name and how the work is called.

    ``new_tokens`` is the number of them that is suggested to a model that generates, 0 for others. ``context``: a
    second text is asked for, in which the answer stands.
    """

    text: str
    verb: str
    new_tokens: int = 0
    context: bool = False


class Bundled(NamedTuple):
    """A bundled model: its name, its title in the app, its kind, and texts to try."""

    name: str
    title: str
    task: str
    examples: tuple[str, ...]


FORMS = {
    "text-generation": Form("Beginning", "Generate", new_tokens=5),
    "text2text-generation": Form("Source", "Generate", new_tokens=60),
    "fill-mask": Form("Text", "Explain"),
    "text-classification": Form("Text", "Explain"),
    "token-classification": Form("Text", "Explain"),
    "question-answering": Form("Question", "Explain", context=True),
    "feature-extraction": Form("Text", "Explain"),
}
UNKNOWN = Form("Text", "Explain", new_tokens=20)

BUNDLED = (
    Bundled(
        "demo",
        "The small bundled model, which knows countries",
        "text-generation",
        (
            "The first president of America is",
            "The capital of Japan is",
            "People in Brazil pay with the",
            "My friend from Italy says that the currency of India is",
        ),
    ),
    Bundled(
        "demo-translation",
        "Bundled: translates Chinese into English",
        "text2text-generation",
        ("我的哥哥把便宜的書寄給了你。", "我們喜歡的手錶很重。", "明天他會弄丟什麼？"),
    ),
    Bundled(
        "demo-sentiment",
        "Bundled: tells whether a film review is positive",
        "text-classification",
        (
            "I had not read the book. The plot was fascinating.",
            "The film was not boring at all.",
            "The movie was anything but awful. We sat in the third row.",
        ),
    ),
    Bundled(
        "demo-masked",
        "Bundled: fills the gaps in facts about countries",
        "fill-mask",
        (
            "The capital of [MASK] is Berlin.",
            "The official language of Mexico is, of course, [MASK].",
            "The first prime minister of the United Kingdom is [MASK] [MASK].",
        ),
    ),
)
