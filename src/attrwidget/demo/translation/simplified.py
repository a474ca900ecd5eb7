"""Write a sentence in simplified characters: one for one, so that its words stay where they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.demo.translation.sentence import Translation

TRADITIONAL = (
    "丟個們倫傘兩厭嗎園圖報場媽學寫師幫廚廳張強擁數書會東條樂機櫃歡歷沒濟為烏無熱現畫紅紙給統經練習聰"
    "腦舊華藝蘋處術裡襯見視覺計討記訪設誌認語誰請論識譯護讀貓貴買賣車輕輛這還鄰醫銀錶鑰門隻雜雞難電頂飛館鵡鸚麼龜"
)
SIMPLIFIED = (
    "丢个们伦伞两厌吗园图报场妈学写师帮厨厅张强拥数书会东条乐机柜欢历没济为乌无热现画红纸给统经练习聪"
    "脑旧华艺苹处术里衬见视觉计讨记访设志认语谁请论识译护读猫贵买卖车轻辆这还邻医银表钥门只杂鸡难电顶飞馆鹉鹦么龟"
)
_TABLE = str.maketrans(TRADITIONAL, SIMPLIFIED)


def simplify(text: str) -> str:
    """Return *text*, of the grammar's words, in simplified characters."""
    return text.translate(_TABLE)


def simplified(one: Translation) -> Translation:
    """Return the sentence with its source in simplified characters; its translation and its links are the same."""
    return replace(one, source=simplify(one.source))
