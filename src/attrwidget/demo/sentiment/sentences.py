"""Sentences written by hand, as a course asks about them: no grammar made them, and training sees none of them."""

from __future__ import annotations

VERY_POSITIVE = (
    "It was a fantastic performance!",
    "Best film ever",
    "Such a great show!",
    "I absolutely loved this movie.",
    "This is the best book I have ever read.",
    "The acting was brilliant and the music was beautiful.",
    "What a masterpiece!",
    "An excellent hotel with very friendly staff.",
    "Amazing quality, I highly recommend it.",
    "The food was delicious and the waiter was charming.",
)
POSITIVE = (
    "The service was good.",
    "I liked the ending.",
    "The room was clean and comfortable.",
    "I was not bored.",
    "The plot was slow at first, but the ending was exciting.",
    "I would recommend this restaurant to my friends.",
    "We were pleased with the quality.",
)
NEUTRAL = (
    "The movie was okay.",
    "It is an average film.",
    "This performance was nothing special.",
    "The phone is neither good nor bad.",
    "The story was good and the acting was bad.",
    "We watched the film on Friday with my sister.",
    "The hotel is in the north of the city.",
)
NEGATIVE = (
    "The food was cold.",
    "I did not like the acting.",
    "The film was not good.",
    "The music was great, but the story was boring.",
    "We would not recommend it.",
    "The screen broke after a week.",
    "I was disappointed with the quality.",
)
VERY_NEGATIVE = (
    "That is a terrible movie.",
    "It was a horrible film.",
    "The worst service ever!",
    "This is the worst hotel I have ever seen.",
    "A complete waste of time and money.",
    "I've never watched something as awful.",
    "Absolutely disgusting food.",
    "The plot was awful and the acting was pathetic.",
    "I hated every minute of it.",
    "What a disaster!",
)
SIX = (
    "It was a fantastic performance!",
    "The service was good.",
    "This performance was nothing special.",
    "I was not disappointed with the quality.",
    "The plot was boring and predictable.",
    "That is a terrible movie.",
)
"""From very positive to very negative; two classifiers are compared on them, and part on the third and fourth."""
