"""Templates, openers and asides: the ways in which facts are asked for.

In a template `{e}` stands for the entity, `[...]` encloses the words of the relation and `<...>` a filler.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.demo.causal.facts import Fact

NOUNS = {
    "capital": ("capital", "capital city"),
    "currency": ("currency",),
    "language": ("official language", "language"),
    "continent": ("continent",),
    "country": ("country",),
    "president": ("first president",),
    "second": ("second president",),
    "premier": ("first prime minister",),
    "flag": ("flag",),
}
PEOPLE = ("president", "second", "premier")

SENTENCE_FRAMES = (
    "The [{r}] of {e} is",
    "{e}'s [{r}] is",
    "In the case of {e}, the [{r}] is",
    "Let us talk about {e}. Its [{r}] is",
    "As for {e}, its [{r}] is",
    "If you ask for the [{r}] of {e}, the answer is",
    "The [{r}] of {e}<, as far as I know,> is",
    "The [{r}] of {e} is<, of course,>",
    "The name of the [{r}] of {e} is",
    "the [{r}] of {e} is",
    "[{r}] of {e} is",
)
QUESTION_FRAMES = (
    "{q} is the [{r}] of {e}?",
    "{q} is {e}'s [{r}]?",
    "{w} is the [{r}] of {e}?",
    "Question: {q} is the [{r}] of {e}? Answer:",
    "Q: {q} is the [{r}] of {e}?\nA:",
)
PEOPLE_FRAMES = ("The [{r}] of {e} was", "Who was the [{r}] of {e}?", "The [{r}] of {e} was called")
LABEL_FRAMES = ("The [{r}] of {e}:", "{R} of {e}:", "{e}: [{r}]:", "Facts about {e}: [{r}]:")

VERBS = {
    ("country", "capital"): ("{e} has its [capital] in",),
    ("country", "currency"): ("People in {e} [pay with the]", "In {e} you [pay with the]"),
    ("country", "language"): ("People in {e} [speak]", "In {e} people [speak]"),
    ("country", "continent"): ("{e} [lies in]", "{e} is a [country in]"),
    ("country", "flag"): ("The [colours] of {e} are", "The [colours of the flag] of {e} are"),
    ("city", "country"): (
        "{e} is the [capital of]",
        "{e} is the [capital city of]",
        "The city of {e} is the [capital of]",
    ),
    ("city", "currency"): ("People in {e} [pay with the]", "In {e} you [pay with the]"),
    ("city", "language"): ("People in {e} [speak]", "In {e} people [speak]"),
    ("city", "continent"): ("{e} is a city on the [continent of]",),
    ("person", "country"): (
        "{e} was the {o} [of]",
        "{e} was {o} [of]",
        "{e} held office in the [country of]",
        "The [country] where {e} held office is",
        "In which [country] did {e} hold office?",
    ),
    ("person", "continent"): (
        "{e} held office on the [continent of]",
        "The [continent] where {e} held office is",
        "On which [continent] did {e} hold office?",
    ),
}

OPENERS = (
    "We know that",
    "In class we learned that",
    "The teacher said that",
    "As everyone knows,",
    "It is true that",
    "I think that",
    "I read in a book that",
    "Yes,",
    "Please remember that",
    "My sister wrote that",
    "It is well known that",
    "On Monday we heard that",
    "You may not believe it, but",
    "According to the newspaper,",
    "Today I learned that",
    "And",
)
MENTIONS = ("My friend from {m} says that", "When I was in {m}, I heard that", "I do not come from {m}, but")
ASIDES = (
    "It is raining today.",
    "Hello!",
    "Good morning.",
    "I like maps and books.",
    "My brother plays the piano.",
    "We had soup for lunch.",
    "The train was late again.",
    "This is a short test.",
    "Here is a question for you.",
    "The cat sleeps under the table.",
    "Listen to me.",
    "Our school has a big garden.",
)


@dataclass(frozen=True)
class Template:
    """How one relation is asked for; `article` goes before the answer (`" the"` or nothing)."""

    markup: str
    article: str = ""

    @property
    def opens(self) -> bool:
        """Whether an opener such as "We know that" may go before it."""
        return not self.markup.endswith((":", "?"))


@cache
def templates(kind: str, relation: str, office: str = "") -> tuple[Template, ...]:
    """Return every template for a relation of an entity of this kind."""
    article = " the" if relation == "currency" else ""
    found: list[Template] = []
    for word in NOUNS[relation] if kind != "person" else ():
        who = "Who" if relation in PEOPLE else "What"
        frames = SENTENCE_FRAMES + QUESTION_FRAMES + (PEOPLE_FRAMES if relation in PEOPLE else ())
        for frame in frames + LABEL_FRAMES:
            label = f"[{word[0].upper()}{word[1:]}]"
            markup = (
                frame.replace("{r}", word)
                .replace("{R}", label)
                .replace("{q}", who)
                .replace("{w}", who.lower())
            )
            found.append(Template(markup, "" if frame in LABEL_FRAMES else article))
    office_noun = NOUNS[office][0] if office else ""
    found += [Template(markup.replace("{o}", office_noun)) for markup in VERBS.get((kind, relation), ())]
    return tuple(found)


def noun(fact: Fact) -> str:
    """Return the words for the fact's relation, e.g. "first president"."""
    return NOUNS[fact.relation][0]


def opened(template: Template, opener: str) -> Template:
    """Return the template after an opener such as "We know that"; its first word loses its capital."""
    markup = template.markup
    for word in ("The ", "In ", "If ", "As ", "Let ", "People "):
        if markup.startswith(word):
            markup = word.lower() + markup[len(word) :]
    return Template(f"<{opener}> {markup}", template.article)
