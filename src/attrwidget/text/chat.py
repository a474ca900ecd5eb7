"""Find the message of a chat that each token of a prompt belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

_FIRST, _SECOND, _THIRD = "0QfirstQ0", "0QsecondQ0", "0QthirdQ0"  # contents no template writes by itself


def message_spans(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]], ids: Sequence[int]
) -> list[Section]:
    """Return the spans of *messages* in the prompt *ids*, which the chat template made of them; together they cover it.

    What the template writes to begin an answer is a last span of the role ``assistant``. The list is empty when *ids*
    are not what the template makes of *messages*, or the tokenizer gives no offsets.
    """
    for opened in (True, False):
        text = _render(tokenizer, messages, add_generation_prompt=opened)
        starts = None if text is None else _starts(tokenizer, text, ids)
        if text is not None and starts is not None:
            ends = _ends(tokenizer, messages, text)
            roles = [str(message["role"]) for message in messages]
            if opened and ends[-1] < len(text):
                roles.append("assistant")
            borders = [0, *(_first_from(starts, end) for end in ends[: len(roles) - 1]), len(ids)]
            return _spans(roles, borders)
    return []


def find_spans(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[Section]:
    """Find the messages in *ids* by the header that the chat template writes before each; return their spans.

    Headers must hold control tokens, which no message can contain: for other templates, and for *ids* that are no
    chat, the list is empty. Words before the first user or assistant get the role ``system``.
    """
    found = sorted(
        (at, role)
        for role, header in _headers(tokenizer).items()
        for at in range(len(ids) - len(header) + 1)
        if list(ids[at : at + len(header)]) == header
    )
    if not found:
        return []
    before = tokenizer.decode([i for i in ids[: found[0][0]] if i not in tokenizer.added_tokens_decoder])
    if str(before).strip():
        found.insert(0, (0, "system"))
    starts = [0, *(at for at, _ in found[1:])]
    return _spans([role for _, role in found], [*starts, len(ids)])


def _spans(roles: list[str], borders: list[int]) -> list[Section]:
    spans = [Section(*span) for span in zip(roles, borders[:-1], borders[1:], strict=True)]
    return [span for span in spans if span.start < span.end]


def _render(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], **options: Any) -> str | None:
    try:
        return str(tokenizer.apply_chat_template(list(messages), tokenize=False, **options))
    except Exception:  # noqa: BLE001 - the template is a program of the model's author and may raise anything
        return None


def _starts(tokenizer: PreTrainedTokenizerBase, text: str, ids: Sequence[int]) -> list[int] | None:
    """Return the character at which each token of *text* starts, or None when it does not make *ids*."""
    if not tokenizer.is_fast:
        return None
    for special in (False, True):  # True if the user tokenised the template's text as a plain text
        made = tokenizer(text, add_special_tokens=special, return_offsets_mapping=True, verbose=False)
        if list(made["input_ids"]) == list(ids):
            return [start for start, _ in made["offset_mapping"]]
    return None


def _ends(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]], text: str) -> list[int]:
    """Return the index in *text* where each message ends: the length of what the template writes for those so far.

    If the template writes something else for fewer messages, a message ends with its content.
    """
    ends, at = [], 0
    for count, message in enumerate(messages, 1):
        content = _content(message).strip()
        found = text.find(content, at)
        at = at if found < 0 else found + len(content)
        whole = _render(tokenizer, messages[:count])
        if whole is not None and text.startswith(whole) and len(whole) >= at:
            at = len(whole)
        ends.append(at)
    return ends


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


def _first_from(starts: list[int], character: int) -> int:
    return next((token for token, start in enumerate(starts) if start >= character), len(starts))


def _headers(tokenizer: PreTrainedTokenizerBase) -> dict[str, list[int]]:
    """Return the ids that begin a user's and an assistant's message; nothing unless both hold control tokens."""
    control = set(tokenizer.added_tokens_decoder)
    headers = {}
    for role, text in _header_texts(tokenizer).items() if tokenizer.chat_template else ():
        headers[role] = list(tokenizer(text.strip(), add_special_tokens=False)["input_ids"])
    return headers if all(control.intersection(header) for header in headers.values()) else {}


def _header_texts(tokenizer: PreTrainedTokenizerBase) -> dict[str, str]:
    messages = [
        {"role": "user", "content": _FIRST},
        {"role": "assistant", "content": _SECOND},
        {"role": "user", "content": _THIRD},
    ]
    one, two, three = (_render(tokenizer, messages[:count]) for count in (1, 2, 3))
    asked = _render(tokenizer, messages[:1], add_generation_prompt=True)
    if not one or not two or not three or not asked:
        return {}
    if three.startswith(two):
        user = three[len(two) :].partition(_THIRD)[0]
    else:  # such as templates that leave out earlier thoughts: the text before both of the user's messages
        user = _common_end(one.partition(_FIRST)[0], three.partition(_SECOND)[2].partition(_THIRD)[0])
    opened = asked.removeprefix(one) if asked.startswith(one) else ""
    return {"user": user, "assistant": opened or two.partition(_FIRST)[2].partition(_SECOND)[0]}


def _common_end(one: str, other: str) -> str:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return one[len(one) - length :]
