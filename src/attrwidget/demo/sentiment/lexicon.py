"""The words of the review grammar: cues, aspects of a film, and sentences that play no part.

In a clause `{a}` stands for the aspect, `{c}` for the cue, `{an}` for "a" or "an" before it, `{i}` for an intensifier
or nothing, and `[...]` encloses a negation.
"""

from __future__ import annotations

POSITIVE = (
    "wonderful",
    "brilliant",
    "gripping",
    "charming",
    "funny",
    "moving",
    "clever",
    "superb",
    "delightful",
    "beautiful",
    "touching",
    "fresh",
    "witty",
    "great",
    "good",
    "fascinating",
    "inspiring",
    "original",
    "unforgettable",
    "masterful",
    "excellent",
    "convincing",
)
NEGATIVE = (
    "boring",
    "dull",
    "awful",
    "terrible",
    "weak",
    "predictable",
    "tedious",
    "silly",
    "bad",
    "clumsy",
    "flat",
    "ugly",
    "annoying",
    "lifeless",
    "shallow",
    "unwatchable",
    "forgettable",
    "disappointing",
    "pointless",
    "confusing",
    "unbearable",
    "childish",
)
LIKING = (
    ("loved", "love"),
    ("enjoyed", "enjoy"),
    ("liked", "like"),
    ("admired", "admire"),
    ("adored", "adore"),
)
LOATHING = (
    ("hated", "hate"),
    ("disliked", "dislike"),
    ("despised", "despise"),
    ("loathed", "loathe"),
    ("regretted", "regret"),
)
ASPECTS = (
    "film",
    "movie",
    "story",
    "plot",
    "acting",
    "music",
    "ending",
    "script",
    "dialogue",
    "camera work",
    "main actor",
    "first half",
    "second half",
    "cast",
)
INTENSIFIERS = ("very", "really", "quite", "rather", "truly", "absolutely", "surprisingly")

PLAIN = (
    "the {a} was {i}{c}",
    "the {a} is {i}{c}",
    "I found the {a} {i}{c}",
    "the {a} seemed {i}{c} to me",
    "it was {an} {c} film",
    "we saw {an} {c} film",
    "in my opinion the {a} was {i}{c}",
)
NEGATED = (
    "the {a} was [not] {c}",
    "the {a} was [not] {c} at all",
    "the {a} is [not] {i}{c}",
    "the {a} was [never] {c}",
    "the {a} was [anything but] {c}",
    "the {a} was [far from] {c}",
    "the {a} was [hardly] {c}",
    "[nothing] about the {a} was {c}",
    "[nobody] could call the {a} {c}",
    "I did [not] find the {a} {c}",
    "it was [not] {an} {c} film",
    "I [never] found the {a} {c}",
)
PLAIN_VERBS = ("I {c} the {a}", "we all {c} the {a}", "my friends {c} the {a}", "I really {c} the {a}")
NEGATED_VERBS = ("I did [not] {c} the {a}", "we did [not] {c} the {a} at all", "you will [never] {c} the {a}")

COMPANY = ("my brother", "my sister", "an old friend", "my parents", "two colleagues", "our neighbours")
DAYS = ("on Monday", "on Friday", "last week", "in the afternoon", "yesterday", "on the first day")
FILLERS = (
    "I saw it {d} with {w}.",
    "We watched it {d}.",
    "I went there with {w}.",
    "It runs for two hours.",
    "It runs for ninety minutes.",
    "The film is set in Paris.",
    "It is about a boy and his dog.",
    "It is about two sisters and a lost letter.",
    "The story takes place in the winter.",
    "It was made by a French director.",
    "The book came out ten years ago.",
    "I have read the book.",
    "The cinema was full.",
    "The cinema was almost empty.",
    "We sat in the third row.",
    "{W} had bought the tickets.",
    "We had dinner before the film.",
    "It was raining {d}.",
    "The film has subtitles.",
    "The main actor is from Canada.",
    "It is the second film of the director.",
    "It is the third part of the series.",
    "There is a song at the end.",
    "We did not stay for the credits.",
    "I had not read the book.",
    "Nobody sat next to us.",
    "Nothing else was on {d}.",
    "I have never been to this cinema before.",
    "{W} could not come with us.",
    "We hardly found a place to park.",
    "The cinema is not far from the station.",
    "It is not the first film about this.",
)
