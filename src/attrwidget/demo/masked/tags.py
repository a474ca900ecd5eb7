"""The part of speech of every word of the grammar, as Universal Dependencies names them."""

from __future__ import annotations

_WORDS = {
    "ADJ": "big first good known late official prime second short true",
    "ADP": "about according at for from in of on to under with",
    "ADV": "again far here well when where",
    "AUX": "did do is may was",
    "CCONJ": "and but",
    "DET": "a the which",
    "INTJ": "hello please yes",
    "NOUN": (
        "answer book books brother capital case cat city class colours continent country course currency facts flag "
        "friend garden language lunch maps minister morning name newspaper office people piano president q question "
        "school sister soup table teacher test today train"
    ),
    "PART": "'s not",
    "PRON": "everyone i it its me my our this us we what who you",
    "PROPN": "monday",
    "SCONJ": "if that",
    "VERB": (
        "ask believe called come had has heard held hold know knows learned let lies like listen pay plays raining "
        "read remember said says sleeps speak talk think wrote"
    ),
}
_TAG = {word: tag for tag, words in _WORDS.items() for word in words.split()}
# "As for Japan" (ADP), "as everyone knows" (SCONJ), "as far as I know" (ADV, SCONJ).
_AS = {"for": "ADP", "everyone": "SCONJ", "far": "ADV", "i": "SCONJ"}
_ANSWERS = {"currency": "NOUN", "flag": "ADJ"}


def tag(word: str, role: str, relation: str, following: str) -> str:
    """Return the part of speech of *word*.

    Args:
        word: The word, as it stands.
        role: What it is in its sentence: ``"entity"``, ``"relation"``, ``"answer"``, ``"filler"``, ``"place"`` or
            ``"frame"``.
        relation: The relation of the fact that the sentence states.
        following: The word after it, or nothing.
    """
    small = word.lower()
    if not any(character.isalpha() for character in word):
        return "PUNCT"
    if small == "a" and following == ":":
        return "NOUN"
    if role in ("entity", "answer", "place") and small not in ("the", "and", "'s"):
        return _ANSWERS.get(relation, "PROPN") if role == "answer" else "PROPN"
    return _AS[following.lower()] if small == "as" else _TAG[small]
