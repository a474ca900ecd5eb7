"""What a question's card says, in English and in Traditional Chinese."""

from __future__ import annotations

LANGUAGES = ("en", "zh-Hant")

LABELS: dict[str, tuple[str, str]] = {
    "title": ("Question", "問題"),
    "check": ("Check", "檢查"),
    "hint": ("Hint", "提示"),
    "yours": ("Your answer", "你的答案"),
    "number": ("a number", "一個數字"),
    "text": ("a few words", "幾個字"),
    "input": ("click a word of the input", "請點選輸入中的一個字詞"),
    "step": ("click a word of the answer", "請點選模型回答中的一個字詞"),
    "head": ("click a head in the grid of layers by heads", "請在「層 × 注意力頭」格子中點選一個頭"),
    "method": ("choose a method on the bar", "請在上方選擇一種方法"),
    "choice": ("choose one", "請選一個"),
    "edit": (
        "double-click a word, or press E on it, and change it",
        "請雙擊一個字詞 (或選到它後按 E) 並修改它",
    ),
    "gone": (
        "Python is not running here: run the cell to answer.",
        "Python 沒有在執行:請先執行這個儲存格再作答。",
    ),
    "needs_model": (
        "This question is answered by changing words, which needs Python.",
        "這一題要修改字詞,需要 Python。",
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {
    "right": ("Right.", "答對了。"),
    "wrong": ("Not this one. Look again, or take a hint.", "不是這個。再看一次,或看提示。"),
    "no_number": (
        "“{given}” is no number: type one like .123.",
        "「{given}」不是數字:請輸入像 .123 這樣的數字。",
    ),
    "coarse": (
        "That is right as far as it goes: give it to {digits} decimals.",
        "方向正確,請寫到小數點後 {digits} 位。",
    ),
    "nothing": ("Nothing is chosen yet: {how}.", "還沒有選擇:{how}。"),
    "several": ("More than one is chosen: leave one.", "選了不只一個:請只留一個。"),
    "changed": (
        "You changed the text, and the question is about the first one: go back to it.",
        "你修改了文字,而這一題問的是原來的文字:請先還原。",
    ),
    "sign": ("You dropped the sign.", "你漏了正負號。"),
    "percent": (
        "That is a hundred times as much: scores are shares, so 12 % is .12.",
        "大了一百倍:分數是比例,12% 要寫成 .12。",
    ),
    "next_row": ("That is the next row, of “{word}”.", "那是下一列「{word}」的。"),
    "last_row": ("That is the row before, of “{word}”.", "那是上一列「{word}」的。"),
    "column": ("That is in the column of “{word}”.", "那是「{word}」那一欄的。"),
    "method": ("That is by another method: {title}.", "那是另一種方法「{title}」的。"),
    "all_heads": ("That is the mean of all layers and heads.", "那是所有層、所有頭的平均。"),
    "from_zero": (
        "That is the head before: the screen counts layers and heads from 1.",
        "那是前一個頭:畫面上的層與頭從 1 開始數。",
    ),
    "probability": ("That is the probability of “{word}”, not a score.", "那是「{word}」的機率,不是分數。"),
    "log": ("That is its logarithm.", "那是它的對數。"),
    "second": ("That is the second largest.", "那是第二大的。"),
    "unsigned": ("That one speaks against it: its score is below zero.", "那個是反對的:它的分數小於零。"),
    "control": (
        "That is a control token, which the model adds; look for a word of the text.",
        "那是模型自己加上的控制符號;請找文字中的字詞。",
    ),
    "target": (
        "That is a word that the model wrote itself; look for one of the source.",
        "那是模型自己寫出的字;請在原文中找。",
    ),
    "swapped": ("You swapped layer and head.", "你把層和頭對調了。"),
    "still": ("The model still says “{word}”.", "模型仍然說「{word}」。"),
    "not_changed": ("Nothing is changed yet: {how}.", "還沒有修改:{how}。"),
    "too_many": (
        "You changed {count} words, and {most} are allowed.",
        "你改了 {count} 個字詞,最多只能改 {most} 個。",
    ),
}


def label(name: str, language: str) -> str:
    """Return a label of the card."""
    return LABELS[name][LANGUAGES.index(language)]


def say(name: str, language: str, **words: object) -> str:
    """Return a sentence with *words* put in."""
    return SENTENCES[name][LANGUAGES.index(language)].format(**words)
