"""The words of everyday reviews: what is reviewed, and what praises, blames or says neither."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


def _phrases(text: str) -> list[str]:
    return text.strip().split("|")


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(past, base) for past, base in (pair.split() for pair in _phrases(text))]


STRONG_PRAISE = _words("""
amazing awesome beautiful breathtaking brilliant excellent exceptional extraordinary fabulous fantastic flawless
gorgeous incredible magnificent marvelous outstanding perfect phenomenal priceless remarkable sensational
spectacular splendid stunning sublime superb superior terrific thrilling tremendous unforgettable wonderful
delicious exquisite delightful masterful fascinating inspiring
""")
PRAISE = _words("""
good great nice fine lovely pleasant enjoyable entertaining interesting funny charming clever smart fresh friendly
helpful useful comfortable clean cozy reliable solid decent impressive attractive elegant exciting engaging touching
moving gripping satisfying special original creative imaginative convincing witty heartwarming warm worthwhile
memorable adorable amusing cheerful polite professional quick fast efficient affordable tasty bright smooth sturdy
refreshing relaxing romantic hilarious powerful strong honest sweet cute happy safe peaceful stylish thoughtful
valuable fun pretty cool
""")
STRONG_BLAME = _words("""
abysmal appalling atrocious awful disgusting dreadful hideous horrendous horrible horrid inexcusable miserable
painful pathetic terrible unacceptable unbearable unwatchable useless vile worthless disastrous ridiculous offensive
rotten inedible insulting lousy revolting unusable
""")
BLAME = _words("""
bad poor boring dull weak slow cold dirty noisy rude broken cheesy clumsy flat ugly annoying lifeless shallow
predictable tedious silly forgettable disappointing pointless confusing childish uncomfortable unpleasant unfriendly
unreliable unhelpful overpriced expensive fake flawed frustrating irritating lazy messy mediocre monotonous nasty
outdated repetitive sad sloppy stale stupid tasteless tiring uninteresting unfunny unoriginal unprofessional unsafe
wrong bland bitter cheating defective depressing difficult dishonest empty faulty greasy careless incompetent
inferior loud old-fashioned overrated lame crappy
""")
NEITHER = _words("""
okay average ordinary standard typical usual normal acceptable adequate common simple small large new old short long
different similar modern local regular green blue red black white wooden plastic heavy light round
""")

THINGS = _words("""
movie film story plot acting music ending script dialogue cast performance quality service food meal dinner lunch
breakfast hotel room bed staff waiter restaurant place product phone battery screen camera sound picture book novel
author writing chapter series show episode season game level album song band concert voice actor actress director
scene character soundtrack comedy drama documentary cartoon sequel trip tour flight seat museum park shop store
price delivery package design color material shirt dress jacket bag laptop keyboard app website support course
lesson teacher lecture coffee tea cake pizza soup dessert wine atmosphere location view experience idea style topic
humor animation design play evening day
""")
PEOPLE = _words("""
people friends children everyone kids customers visitors fans readers critics students
""")

LOVE = _pairs("""
loved love|enjoyed enjoy|liked like|admired admire|adored adore|appreciated appreciate|praised praise|treasured treasure
""")
HATE = _pairs("""
hated hate|disliked dislike|despised despise|loathed loathe|regretted regret|detested detest
""")
PLEASED = _words("""
pleased satisfied impressed delighted thrilled amazed happy charmed moved touched entertained excited fascinated
""")
UPSET = _words("""
disappointed annoyed bored frustrated disgusted angry upset unhappy dissatisfied irritated confused shocked
embarrassed
""")
TRIUMPHS = _phrases("""
masterpiece|gem|joy|treat|triumph|success|delight|pleasure|classic|bargain|winner|work of art|must see
""")
FLOPS = _phrases("""
disaster|failure|mess|disappointment|nightmare|flop|joke|waste of time|waste of money|bore|shame|catastrophe|insult|scam
""")
WORKS = _words("""
works delivers shines succeeds impresses delights excels satisfies rocks amazes
""")
FAILS = _words("""
fails disappoints bores drags collapses annoys stinks sucks suffers struggles
""")
WELL = _words("""
brilliantly beautifully wonderfully perfectly superbly magnificently gracefully skillfully masterfully delightfully
""")
JOYFULLY = _words("""
happily gladly cheerfully joyfully
""")
BADLY = _words("""
badly poorly terribly awfully horribly carelessly clumsily lazily stupidly painfully
""")
MADE = _words("""
made written acted directed designed filmed played told organized prepared cooked produced
""")
SLANG = _words("""
sick wicked insane killer filthy mad
""")
"""Praise among friends, blame by the dictionary."""

VERY = _words("""
very really truly absolutely extremely totally completely incredibly so highly
""")
RATHER = _words("""
quite rather fairly somewhat surprisingly
""")
