"""Prompts for SmolLM2-135M-Instruct whose answer one word decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    """A prompt and the word that decides its answer: with *swap* in its place, the answer is another.

    Attributes:
        text: The prompt.
        answer: What the model says, up to and with the word that is explained.
        decider: The word that decides, wherever it stands in the prompt or the answer so far.
        swap: The word that turns the answer.
        foil: What the answer is contrasted with; None to explain its log-probability.
        chat: Whether the prompt is a user's message.
    """

    text: str
    answer: str
    decider: str
    swap: str
    foil: str | None = None
    chat: bool = False


_BORN = "She speaks Italian because she was born in"
_GIFT = "The doctor gave Mary an apple. The apple was given to"
_HOT, _TOKYO, _PARIS = (
    "The opposite of hot is cold",
    "The capital of Japan is Tokyo",
    "The capital of France is Paris",
)

PROMPTS = (
    Prompt("The capital of Japan is", " Tokyo", "Japan", "France"),
    Prompt("The capital of France is the city of", " Paris", "France", "Japan"),
    Prompt("The opposite of hot is", " cold", "hot", "big"),
    Prompt("In Germany people speak", " German", "Germany", "Spain"),
    Prompt("The plural of mouse is", " mice", "mouse", "child"),
    Prompt("The chemical symbol for gold is", " Au", "gold", "iron"),
    Prompt("Paris is in France. Rome is in", " Italy", "Rome", "Berlin"),
    Prompt(_BORN, " Italy", "Italian", "Greek"),
    Prompt(_GIFT, " Mary", "Mary", "Tom"),
    Prompt("one, two, three,", " four", "three", "seven"),
    Prompt("The capital of Japan is", " Tokyo", "Japan", "France", foil=" Paris"),
    Prompt("The opposite of hot is", " cold", "hot", "big", foil=" small"),
    Prompt("In Germany people speak", " German", "Germany", "Spain", foil=" Spanish"),
    Prompt("The keys to the old cabinet", " were", "keys", "key", foil=" was"),
    Prompt(_BORN, " Italy", "Italian", "Greek", foil=" Greece"),
    Prompt("What is the capital of Japan?", _TOKYO, "Japan", "France", chat=True),
    Prompt("What is the capital of France?", _PARIS, "France", "Japan", chat=True),
    Prompt("What is the opposite of hot? Answer with one word.", _HOT, "hot", "big", chat=True),
    Prompt("What is the capital of Japan?", _TOKYO, "Japan", "France", foil=" Paris", chat=True),
    Prompt(
        "What is the opposite of hot? Answer with one word.", _HOT, "hot", "big", foil=" small", chat=True
    ),
)
