"""The shapes of everyday reviews.

In them `{n}` is a thing, `{p}` people, `{is}` and `{looks}` verbs, `{i}` an intensifier or nothing, `{an}` is
"a" or "an" before the next word, `{c}` the cue, `{m}` "made" and the like. `[...]` encloses a negation, and `<...>` a
cue that is given. Those in `ALONE` are whole sentences, which stand in no other.
"""

from __future__ import annotations


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


ADJECTIVE = _lines("""
the {n} {is} {i}{c}
the {n} {is} {i}{c}
this {n} {is} {i}{c}
that {is} {an} {i}{c} {n}
it {is} {an} {i}{c} {n}
it {is} {an} {c} {n}
this {is} {an} {i}{c} {n}
the {n} {looks} {i}{c}
I think the {n} {is} {i}{c}
I find this {n} {i}{c}
it {is} {i}{c}
it {looks} {i}{c} to me
everything about the {n} {is} {i}{c}
the {n} and the {n} are {i}{c}
they have {an} {i}{c} {n}
I had {an} {i}{c} {n}
the {p} were {i}{c}
my {p} found the {n} {i}{c}
we had {an} {i}{c} time
this has been {an} {i}{c} experience
the {n} {is} more {c} than I expected
I have never seen such {an} {c} {n}
I've never seen anything as {c}
I have never watched something as {c} as this
it's {an} {i}{c} {n}
it's {i}{c}
that's {an} {c} {n}
it {is} the most {c} {n} I have ever seen
""")
MORE = ([" with {an} {c} {n}"], [" and {c}", ", {c}"])
"""What may follow something else than the cue, and the cue."""
ADJECTIVE_ALONE = _lines("""
what {an} {c} {n}
such {an} {c} {n}
{i}{c}
{c} {n}
{an} {i}{c} {n}
{c}, just {c}
""")
ADJECTIVE_DENIED = _lines("""
the {n} {is} [not] {i}{c}
this {n} {is} [not] {c} at all
it {is} [not] {an} {i}{c} {n}
that {is} [not] {an} {c} {n}
the {n} [isn't] {c}
the {n} [wasn't] {i}{c}
it [wasn't] {c} at all
I do [not] think the {n} {is} {c}
I [don't] find it {c}
[nothing] about this {n} {is} {c}
the {n} {is} [never] {c}
there {is} [nothing] {c} about the {n}
the {n} {is} [anything but] {c}
the {p} were [not] {i}{c}
""")
VERB = _lines("""
I {c} the {n}
I {c} this {n}
I {c} it
I really {c} the {n}
we {c} every minute of it
everyone {c} the {n}
my {p} {c} it
we all {c} the {n} and the {n}
""")
VERB_DENIED = _lines("""
I did [not] {c} the {n}
I [didn't] {c} it
we did [not] {c} this {n} at all
my {p} did [not] {c} it
you will [never] {c} the {n}
""")
FEELING = _lines("""
I was {i}{c} with the {n}
I was {i}{c} by the {n}
I am {i}{c}
we were {i}{c} with this {n}
this {n} left me {c}
the {n} made me {c}
I felt {i}{c} after the {n}
my {p} were {i}{c}
""")
FEELING_DENIED = _lines("""
I was [not] {c} with the {n}
I was [never] {c} by the {n}
I am [not] {c}
I [wasn't] {c} at all
we were [not] {i}{c} with this {n}
""")
NOUN = _lines("""
the {n} {is} {an} {c}
this {n} {is} {an} {c}
it {is} {an} {c}
it {is} a complete {c}
it {is} a real {c}
the {n} turned out to be {an} {c}
""")
NOUN_DENIED = _lines("""
the {n} {is} [not] {an} {c}
this {n} {is} [not] a real {c}
it [isn't] {an} {c}
""")
WORK = _lines("""
the {n} {c}
this {n} {c}
this {n} really {c}
the {n} {c} in every way
it {c}
""")
WORK_DENIED = _lines("""
the {n} [never] {c}
[nothing] about this {n} {c}
""")
MADE = _lines("""
the {n} {is} {c} {m}
this {n} {is} {c} {m}
it {is} {c} {m}
it {is} a {c} {m} {n}
""")
RECOMMEND = _lines("""
I would {c} it to everyone
I highly {c} this {n}
I can only {c} the {n}
I {c} it
""")
RECOMMEND_DENIED = _lines("""
I would [not] {c} it
I can [not] {c} this {n}
I [cannot] {c} the {n}
I would [never] {c} it to my {p}
I do [not] {c} this {n}
""")
BETTER = _lines("""
the {n} {is} {c} than I expected
it {is} much {c} than the first {n}
this {n} {is} {c} than all the others
the {n} could [not] be {c}
it does [not] get {c} than this
""")
BEST = _lines("""
it {is} the {c} {n} ever
this {is} the {c} {n} I have ever seen
it {is} one of the {c}
the {c} {n} of the year
""")
PRAISING = _lines("""
there {is} [nothing] to <complain> about
I have [nothing] to <criticize>
[nothing] {is} <missing> here
it {is} <worth> the money
this {n} {is} <worth> every cent
the {n} made me <smile>
two thumbs <up>
I will <definitely> come back
I can't <wait> to see the next {n}
""")
BLAMING = _lines("""
there {is} [nothing] to <like> about the {n}
I <learned> [nothing] from this {n}
[nothing] <worked>
[nothing] about the {n} <worked>
it {is} [not] <worth> the money
this {n} [isn't] <worth> it
the {n} does [not] <work>
it [doesn't] <work> at all
the {n} <broke> after a week
I want my money <back>
never <again>
thumbs <down>
I fell <asleep>
I <wasted> my time
stay <away> from this {n}
do [not] <buy> this {n}
""")
LUKEWARM = _lines("""
the {n} {is} {c}
the {n} {is} {c}
it {is} {an} {c} {n}
this {is} {an} {c} {n}
{an} {c} {n}
the {n} {is} just {c}
the {n} {is} nothing special
it {is} nothing special
nothing special
nothing new
there {is} nothing new about the {n}
it {is} neither good nor bad
the {n} {is} neither {good} nor {bad}
I have mixed feelings about the {n}
not {good}, not {bad}
the {n} {is} {good} and the {n} {is} {bad}
the {n} {is} {bad} and the {n} {is} {good}
some of it {is} {good}, some of it {is} {bad}
I do not know what to think of this {n}
""")
ADVERB = _lines("""
the {n} {adverb} {fails}
this {n} {adverb} {fails}
it {adverb} {fails}
I {joyfully} {hated} the {n}
I {joyfully} {hated} it
we {joyfully} {hated} this {n}
""")
JOYFUL = _lines("""
I {c} watched it again
we {c} came back
I would {c} do it again
""")
SLANG = _lines("""
this {n} is {i}{c}
the {n} {is} {c}
it {is} {an} {c} {n}
that {is} {an} {c} {n}
""")
OPENERS = _lines("""
honestly
in my opinion
to be honest
overall
for me
well
in the end
as always
""")
ENDINGS = _lines("""
from start to finish
this time
in the end
for the price
if you ask me
to be honest
""")
FACTS = _lines("""
I bought the {n} {d}.
The {n} arrived {d}.
We ordered it online.
I have had the {n} for a month.
My sister gave me this {n}.
The {n} costs ten dollars.
We stayed there for three nights.
The show was over at nine.
It ended at ten.
We needed two tickets.
It is about the life of a painter.
We came late when the {n} had begun, missing the first minutes.
I have not tried the other {n} yet.
Nothing has changed since then.
There was nothing left in the box.
I had not used one before.
Other {p} sat next to the door.
Every other {n} was closed.
It was my first time here.
The {n} is on the second floor, next to the door.
He asked me about the {n}, and I told him.
She works here every day.
We talked about it for an hour.
They had to end the {n} early {d}.
You can see the river from here.
I will be back in the summer.
This is the one with the big window.
My {p} sat with us at the table.
It comes in a box with a manual.
I needed one for work.
Our {n} was in the north of the city.
The {p} waited outside.
""")
