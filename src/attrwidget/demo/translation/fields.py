"""The words of sentences about fields of study: names of one word or two, and what people do with them."""

from __future__ import annotations

from attrwidget.demo.translation.lexicon import Verb, rows

SUBJECTS = (
    ("數學", "mathematics"),
    ("歷史", "history"),
    ("化學", "chemistry"),
    ("哲學", "philosophy"),
    ("經濟", "economics"),
    ("中文", "Chinese"),
    ("英文", "English"),
    ("日文", "Japanese"),
    ("法文", "French"),
)
BEFORE = (
    ("機器", "machine"),
    ("人工", "artificial"),
    ("深度", "deep"),
    ("自然", "natural"),
    ("統計", "statistical"),
    ("數位", "digital"),
    ("量子", "quantum"),
    ("現代", "modern"),
    ("古典", "classical"),
    ("電腦", "computer"),
)
AFTER = (
    ("學習", "learning"),
    ("智慧", "intelligence"),
    ("智能", "intelligence"),
    ("翻譯", "translation"),
    ("視覺", "vision"),
    ("語言", "language"),
    ("科學", "science"),
    ("物理", "physics"),
    ("音樂", "music"),
    ("藝術", "art"),
    ("設計", "design"),
    ("處理", "processing"),
)
COMMON = (
    "機器 學習",
    "機器 翻譯",
    "人工 智慧",
    "人工 智能",
    "深度 學習",
    "自然 語言",
    "自然 語言 處理",
    "統計 學習",
    "電腦 視覺",
    "電腦 科學",
    "量子 物理",
    "現代 藝術",
    "古典 音樂",
    "數位 設計",
)
"""The names that exist. The others are drawn too, so that either word has to be read to be known."""

STUDYING = tuple(
    Verb(zh, base, third, past, "field", state == "state")
    for zh, base, third, past, state in rows("""
喜歡|like|likes|liked|state
討厭|hate|hates|hated|state
了解|understand|understands|understood|state
需要|need|needs|needed|state
學習|study|studies|studied|
研究|research|researches|researched|
討論|discuss|discusses|discussed|
練習|practise|practises|practised|
""")
)
TEACH = Verb("教", "teach", "teaches", "taught", "field", state=False)
QUALITIES = (
    ("有趣", "interesting"),
    ("重要", "important"),
    ("困難", "difficult"),
    ("有用", "useful"),
    ("無聊", "boring"),
    ("熱門", "popular"),
)
DEGREES = (("很", "very"), ("不", "not"), ("太", "too"), ("非常", "extremely"))
