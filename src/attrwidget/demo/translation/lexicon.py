"""The words of the translation grammar: traditional Chinese and their English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """A noun: `kind` says which verbs take it, `measure` is its measure word."""

    zh: str
    measure: str
    one: str
    many: str
    kind: str


@dataclass(frozen=True)
class Verb:
    """A transitive verb and the kinds of noun it takes; a state is not something that happens at some time."""

    zh: str
    base: str
    third: str
    past: str
    kinds: str
    state: bool


@dataclass(frozen=True)
class Adjective:
    """An adjective of nouns of some kinds; `comparative` is empty where it is not one word."""

    zh: str
    en: str
    comparative: str
    kinds: str


@dataclass(frozen=True)
class Time:
    """When: Chinese words, English words each with the indices of its Chinese ones, and the tense it goes with."""

    zh: tuple[str, ...]
    en: tuple[tuple[str, tuple[int, ...]], ...]
    tense: str


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table's lines."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


PEOPLE = tuple(
    Noun(zh, measure, one, many, "person")
    for zh, measure, one, many in rows("""
老師|位|teacher|teachers
學生|個|student|students
醫生|位|doctor|doctors
護士|位|nurse|nurses
女孩|個|girl|girls
男孩|個|boy|boys
孩子|個|child|children
朋友|個|friend|friends
鄰居|個|neighbour|neighbours
廚師|位|cook|cooks
司機|位|driver|drivers
警察|位|policeman|policemen
律師|位|lawyer|lawyers
記者|位|reporter|reporters
畫家|位|painter|painters
""")
)
FAMILY = (
    ("媽媽", "mother"),
    ("爸爸", "father"),
    ("奶奶", "grandmother"),
    ("哥哥", "brother"),
    ("妹妹", "sister"),
)
NAMES = (("小華", "Xiaohua"), ("美玲", "Meiling"), ("志強", "Zhiqiang"), ("雅婷", "Yating"))
THINGS = tuple(
    Noun(*cells)
    for cells in rows("""
書|本|book|books|text
信|封|letter|letters|text
報紙|份|newspaper|newspapers|text
雜誌|本|magazine|magazines|text
蘋果|個|apple|apples|food
橘子|個|orange|oranges|food
蛋糕|個|cake|cakes|food
雞蛋|個|egg|eggs|food
帽子|頂|hat|hats|dress
襯衫|件|shirt|shirts|dress
外套|件|coat|coats|dress
裙子|條|skirt|skirts|dress
車|輛|car|cars|car
雨傘|把|umbrella|umbrellas|tool
鑰匙|把|key|keys|tool
電腦|台|computer|computers|tool
手錶|支|watch|watches|tool
照片|張|photo|photos|tool
貓|隻|cat|cats|animal
狗|隻|dog|dogs|animal
鸚鵡|隻|parrot|parrots|animal
烏龜|隻|turtle|turtles|animal
""")
)
ON, IN, UNDER = ("上", "on"), ("裡", "in"), ("下", "under")
SPOTS = (
    ("桌子", "table", (ON, UNDER)),
    ("椅子", "chair", (ON, UNDER)),
    ("床", "bed", (ON, UNDER)),
    ("箱子", "suitcase", (IN, ON)),
    ("櫃子", "cupboard", (IN, ON)),
)
PLACES = (
    ("圖書館", "library", "in"),
    ("學校", "school", "at"),
    ("醫院", "hospital", "at"),
    ("餐廳", "restaurant", "in"),
    ("廚房", "kitchen", "in"),
    ("公園", "park", "in"),
    ("車站", "station", "at"),
    ("機場", "airport", "at"),
    ("市場", "market", "at"),
    ("銀行", "bank", "at"),
)
CITIES = (("台北", "Taipei"), ("高雄", "Kaohsiung"), ("東京", "Tokyo"), ("倫敦", "London"), ("巴黎", "Paris"))
VEHICLES = (("火車", "train"), ("飛機", "plane"), ("公車", "bus"), ("船", "ship"))
VERBS = tuple(
    Verb(zh, base, third, past, kinds, state == "state")
    for zh, base, third, past, kinds, state in rows("""
買|buy|buys|bought|text food dress tool animal car|
賣|sell|sells|sold|text food dress tool animal car|
讀|read|reads|read|text|
寫|write|writes|wrote|text|
吃|eat|eats|ate|food|
穿|wear|wears|wore|dress|
洗|wash|washes|washed|food dress animal car|
畫|draw|draws|drew|food tool animal person car|
借|borrow|borrows|borrowed|text dress tool car|
弄丟|lose|loses|lost|text dress tool car|
看見|see|sees|saw|text food dress tool animal person car|
幫助|help|helps|helped|person|
拜訪|visit|visits|visited|person|
邀請|invite|invites|invited|person|
喜歡|like|likes|liked|text food dress tool animal person car|state
需要|need|needs|needed|text food dress tool car|state
認識|know|knows|knew|person|state
擁有|own|owns|owned|text dress tool animal car|state
""")
)
GIVING = (
    ("送", "give", "gave"),
    ("賣", "sell", "sold"),
    ("還", "return", "returned"),
    ("寄", "send", "sent"),
)
ADJECTIVES = tuple(
    Adjective(*cells)
    for cells in rows("""
新|new|newer|text dress tool car
舊|old|older|text dress tool car
大|big|bigger|food dress tool car animal
小|small|smaller|food dress tool car animal
便宜|cheap|cheaper|text food dress tool car
昂貴|expensive||text food dress tool car
漂亮|pretty|prettier|dress tool car animal person
重|heavy|heavier|food tool animal
紅色|red||food dress tool car
黑色|black||dress tool car animal
年輕|young|younger|person
高|tall|taller|person
聰明|clever|cleverer|animal person
有名|famous||person
忙碌|busy|busier|person
""")
)
COLOURS = ("紅色", "黑色")
TIMES = (
    Time(("昨天",), (("yesterday", (0,)),), "past"),
    Time(("今天", "早上"), (("this", (0,)), ("morning", (1,))), "past"),
    Time(("上個", "星期"), (("last", (0,)), ("week", (1,))), "past"),
    Time(("去年",), (("last", (0,)), ("year", (0,))), "past"),
    Time(("明天",), (("tomorrow", (0,)),), "future"),
    Time(("今天", "晚上"), (("tonight", (0, 1)),), "future"),
    Time(("下個", "星期"), (("next", (0,)), ("week", (1,))), "future"),
    Time(("明年",), (("next", (0,)), ("year", (0,))), "future"),
    Time(("每天",), (("every", (0,)), ("day", (0,))), "present"),
    Time(("每個", "星期"), (("every", (0,)), ("week", (1,))), "present"),
    Time(("每年",), (("every", (0,)), ("year", (0,))), "present"),
)
PRONOUNS = (
    ("我", "I", "me", "my", "first"),
    ("你", "you", "you", "your", "many"),
    ("他", "he", "him", "his", "third"),
    ("她", "she", "her", "her", "third"),
    ("我們", "we", "us", "our", "many"),
    ("他們", "they", "them", "their", "many"),
)
NUMBERS = (("兩", "two"), ("三", "three"), ("五", "five"))
