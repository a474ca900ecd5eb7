"""Learn from probe chats how a chat template begins and ends the messages of each role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from attrwidget.text.chat_probes import START, STOP, TOOL_LISTS, Gap, both_tools, openings, probe
from attrwidget.text.chat_template import END, MARK, controls_in, mark, pattern, words

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_probes import Pieces

_ROLES = ("user", "assistant", "system", "developer", "tool")
_LEADING = ("assistant", "system", "developer")  # may begin a chat before a user's message
_FAMILIES = {"call": "assistant", "thought": "assistant"}  # kinds of an assistant's turns
_ASSISTANT = re.compile("assistant|chatbot", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How a chat template writes messages.

    Attributes:
        headers: What begins a message, as ``(pattern, role)``, longest first.
        footers: What ends a message of each role.
        headerless: The role that begins without a header after each.
        bare_tool: What begins a tool's result where no message stands before it, without a header; None if it has one.
        controls: The control tokens in headers and footers.
        anchored: Whether control tokens tell messages apart, so that typed text cannot pass for a header.
        bare: The roles whose messages begin without a header at the beginning of a chat.
        alike: Whether a system message and an answer look the same there.
    """

    headers: tuple[tuple[str, str], ...]
    footers: dict[str, tuple[str, ...]]
    headerless: dict[str, str]
    bare_tool: str | None
    controls: frozenset[str]
    anchored: bool
    bare: frozenset[str]
    alike: bool


def learn(tokenizer: PreTrainedTokenizerBase) -> Layout:
    """Return the layout of the tokenizer's chat template; without headers if it cannot be found."""
    gaps = _probes(tokenizer) if tokenizer.chat_template else []
    begin = mark(tokenizer, tokenizer.bos_token or "")
    footers = _before_openers(
        _footers(gaps), [*gaps, *probe(tokenizer, "user", "call", "tool", "tool")], begin
    )
    users = _headers("user", gaps, footers, [])
    found = {role: _headers(role, gaps, footers, users) for role in _ROLES}
    headers: dict[Pieces, str] = {}
    for role in _ROLES:
        for header in found[role]:
            known = headers.get(header)
            said = "".join(header).lower()
            # Two roles have the same header: it names one, as gpt-oss writes a system message as a developer's.
            if known is None or (role in said and known not in said):
                headers[header] = role
    anchored = bool(found["user"]) and all(map(_control, [*found["user"], *found["assistant"]]))
    if anchored:  # a header of words, such as of a tool's result, could be typed
        headers = {header: role for header, role in headers.items() if _control(header)}
    headers |= dict.fromkeys(_of_tools(tokenizer, footers.get("assistant", []), found["user"]), "system")
    ordered = sorted(headers.items(), key=lambda item: -len("".join(item[0])))
    return Layout(
        tuple((pattern(header), role) for header, role in ordered),
        {role: tuple(pattern(footer) for footer in ends) for role, ends in footers.items()},
        _headerless(gaps, footers),
        _bare_tool(tokenizer),
        frozenset(controls_in("".join(chain.from_iterable([*headers, *chain(*footers.values())])))),
        anchored,
        _bare(tokenizer, begin),
        _alike(tokenizer),
    )


def _probes(tokenizer: PreTrainedTokenizerBase) -> list[Gap]:
    chats = [
        ("user",),
        ("user", "assistant"),
        ("user", "assistant", "user"),
        ("user", "user"),
        ("user", "assistant", "tool", "assistant"),
        ("user", "assistant", "assistant", "user"),
        ("user", "thought"),
        ("user", "thought", "user"),
        ("system",),
        ("user", "assistant", "system"),
        *((role, "user") for role in ("system", "developer")),
        ("system", "assistant", "user"),
        ("system", "user", "assistant", "system", "user"),  # a single one may be written first
        *(("user", "assistant", role, "user") for role in ("system", "developer")),
    ]
    gaps = [gap for roles in chats for gap in probe(tokenizer, *roles)] + openings(tokenizer)
    called = ("user", "call", "tool", "assistant")
    for roles in (called[:2], called[:3], called, (*called, *called)):
        gaps += both_tools(tokenizer, *roles)
    return gaps


def _footers(gaps: list[Gap]) -> dict[str, list[Pieces]]:
    """Return what stands after the last message of each role, longest first."""
    ends: dict[str, set[Pieces]] = {}
    for gap in gaps:
        if gap.after == STOP and gap.before != START:
            text = gap.text
            if gap.before == "user":  # some templates begin the answer without being asked to
                at = next((i for i, piece in enumerate(text) if _ASSISTANT.search(piece)), len(text))
                text = text[:at]
            # Some templates write the end of the text behind the last message's, or instead of it.
            others = [other.text for other in gaps if other.before == gap.before and other.after != STOP]
            shared = [_stripped(_common([text, other])) for other in others]
            whole = [] if gap.before == "user" and others and not any(shared) else [_stripped(text)]
            ends.setdefault(gap.before, set()).update([*whole, *filter(_control, shared)])
    return {role: sorted(filter(None, found), key=len, reverse=True) for role, found in ends.items()}


def _before_openers(footers: dict[str, list[Pieces]], gaps: list[Gap], begin: str) -> dict[str, list[Pieces]]:
    """Return *footers* without the control tokens that begin messages, which a template may write behind the last."""
    openers = {
        next((p for p in gap.text if _control((p,)) and p != begin), "")
        for gap in gaps
        if gap.before == START
    }
    for gap in gaps:
        rest = _after_footer(gap.text, footers[gap.before]) if footers.get(gap.before) else None
        if rest and gap.after != STOP and _control(rest[:1]):
            openers.add(rest[0])
        if gap.before == gap.after == "tool":
            openers.update([piece for piece in gap.text if _control((piece,))][1:][-1:])

    def ended(footer: Pieces) -> Pieces:
        at = next((i for i, piece in enumerate(footer) if i and piece in openers), len(footer))
        return _stripped(footer[:at])

    return {
        role: sorted(filter(None, set(map(ended, found))), key=len, reverse=True)
        for role, found in footers.items()
    }


def _headers(
    role: str, gaps: list[Gap], footers: dict[str, list[Pieces]], users: list[Pieces]
) -> list[Pieces]:
    """Return what begins a message of *role*: what its appearances have in common, after the footer before."""
    after: dict[str, list[Pieces]] = {}
    for gap in gaps:
        if _FAMILIES.get(gap.after, gap.after) == role and gap.before in footers:
            rest = _after_footer(gap.text, footers[gap.before])
            if rest is not None:
                after.setdefault(gap.before, []).append(rest)
    # What stands before a content that begins without a header, such as the name of a tool, is no header.
    candidates = [rest for rests in after.values() if () not in rests for rest in rests]
    if role in {"system", "developer"} and not candidates:
        candidates = _first_headers(role, gaps, users)
    groups: dict[str, list[Pieces]] = {}
    for candidate in candidates:
        groups.setdefault(candidate[0], []).append(candidate)
    headers = [_to_last_control(_stripped(_common(group))) for group in groups.values()]
    # A switch may write words before a header, such as GLM's "/nothink" after a question.
    return [
        header for header in headers if header and not any(_after_words(other, header) for other in headers)
    ]


def _first_headers(role: str, gaps: list[Gap], users: list[Pieces]) -> list[Pieces]:
    """Return the header of a message that can only be the first, after what the template writes without it.

    It has none where the template writes it into the user's message. *users* are the headers of those.
    """
    own = [_stripped(gap.text) for gap in gaps if gap.before == START and gap.after == role]
    plain = [_stripped(gap.text) for gap in gaps if gap.before == START and gap.after == "user"]
    if not own or not plain or (plain[0] and own[0][: len(plain[0])] == plain[0]):
        return []
    before = _without(plain[0], users)
    common = _common([own[0], before])
    rest = own[0][len(common) :] if words("".join(common)) or before == own[0] else own[0]
    return [rest] if _control(rest) else []


def _of_tools(tokenizer: PreTrainedTokenizerBase, footers: list[Pieces], users: list[Pieces]) -> list[Pieces]:
    """Return what begins the tools where the template writes them before a later message of the user's."""
    texts: list[Pieces] = []
    for tools in TOOL_LISTS:
        later = probe(tokenizer, "user", "assistant", "user", tools=tools)[2:3]
        texts += [_without(_after_footer(gap.text, footers) or (), users) for gap in later]
    common = _common(texts)
    controls = [at for at, piece in enumerate(common) if _control((piece,))]
    return [common[: controls[-1] + 1]] if controls else []


def _bare_tool(tokenizer: PreTrainedTokenizerBase) -> str | None:
    """Return what begins a tool's result where Qwen 3.5 and others write no header: at the beginning of a chat."""
    result, plain = probe(tokenizer, "tool", "user")[:1], probe(tokenizer, "user")[:1]
    if not result or not plain:
        return None
    text, common = _stripped(result[0].text), _common([_stripped(gap.text) for gap in (*result, *plain)])
    rest = _stripped(text[len(common) :])
    controls = [at for at, piece in enumerate(rest) if _control((piece,))]
    return pattern(rest[: controls[-1] + 1]) if controls and controls[0] == 0 else None


def _bare(tokenizer: PreTrainedTokenizerBase, begin: str) -> frozenset[str]:
    """Return the roles whose messages begin without a header at the beginning of a chat, after *begin* at most."""
    gaps = {role: probe(tokenizer, role, "user")[:1] for role in _LEADING}
    return frozenset(
        role for role, found in gaps.items() if found and set(_stripped(found[0].text)) <= {begin}
    )


def _alike(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the template writes the same around an answer and a system message before a question."""
    answer, *others = ([gap.text for gap in probe(tokenizer, role, "user")[:2]] for role in _LEADING)
    return bool(answer) and answer in others


def _without(text: Pieces, headers: list[Pieces]) -> Pieces:
    """Return *text* without the one of *headers* that it ends with."""
    found = [header for header in headers if header and text[-len(header) :] == header]
    return _stripped(text[: -len(found[0])]) if found else text


def _headerless(gaps: list[Gap], footers: dict[str, list[Pieces]]) -> dict[str, str]:
    """Return the role that begins without a header after each: an answer's where that and another may."""
    found: dict[str, str] = {}
    for gap in gaps:
        if (
            gap.after != STOP
            and footers.get(gap.before)
            and _after_footer(gap.text, footers[gap.before]) == ()
        ):
            role = _FAMILIES.get(gap.after, gap.after)
            found[gap.before] = role if role == "assistant" else found.get(gap.before, role)
    return found


def _after_footer(text: Pieces, footers: list[Pieces]) -> Pieces | None:
    """Return what follows the footer at the beginning of *text*, or None when another stands there."""
    text = _stripped(text)
    for footer in footers:
        if text[: len(footer)] == footer:
            return _stripped(text[len(footer) :])
    return None if footers else text


def _after_words(part: Pieces, text: Pieces) -> bool:
    """Return whether *part* stands in *text* after words alone."""
    return bool(part) and any(
        text[at : at + len(part)] == part and not _control(text[:at]) for at in range(1, len(text))
    )


def _common(texts: list[Pieces]) -> Pieces:
    columns = zip(*texts, strict=False)
    return tuple(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))


def _stripped(text: Pieces) -> Pieces:
    start, stop = 0, len(text)
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and (text[stop - 1].isspace() or text[stop - 1] in "\"'[{("):
        stop -= 1
    return text[start:stop]


def _to_last_control(header: Pieces) -> Pieces:
    """Return *header* without words after its last control token, if the role stands before that one."""
    at = [i for i, piece in enumerate(header) if _control((piece,))]
    named = at and words("".join(header[at[0] : at[-1]]))
    return header[: at[-1] + 1] if named else header


def _control(found: Pieces) -> bool:
    return any(piece.startswith(MARK) and piece.endswith(END) for piece in found)
