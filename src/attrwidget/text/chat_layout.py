"""Learn from probe chats how a chat template begins and ends the messages of each role."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from attrwidget.text.chat_any_role import ANY_ROLE, any_role
from attrwidget.text.chat_beginnings import answer_looks_like_system, bare_call, bare_roles, bare_tool
from attrwidget.text.chat_calls import speaks_after_results
from attrwidget.text.chat_footers import before_openers, find_footers
from attrwidget.text.chat_pieces import (
    after_footer,
    after_words,
    common_start,
    from_control,
    has_control,
    stripped,
    to_last_control,
    without,
)
from attrwidget.text.chat_probes import START, STOP, TOOL_LISTS, Gap, both_tools, openings, probe
from attrwidget.text.chat_template import controls_in, mark, pattern, words

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_probes import Pieces

_ROLES = ("user", "assistant", "system", "developer", "tool")
_FAMILIES = {"call": "assistant", "thought": "assistant"}  # kinds of an assistant's turns


@dataclass(frozen=True)
class Layout:
    """How a chat template writes messages.

    Attributes:
        headers: What begins a message, as ``(pattern, role)``, longest first; last that of ``ANY_ROLE``, if it has one.
        footers: What ends a message of each role.
        headerless: The role that begins without a header after each.
        bare_call: What begins a call of a tool where no message stands before it, without a header; None if it has one.
        bare_tool: The same of a tool's result.
        controls: The control tokens in headers and footers.
        anchored: Whether control tokens tell messages apart, so that typed text cannot pass for a header.
        bare: The roles whose messages begin without a header at the beginning of a chat.
        alike: Whether a system message and an answer look the same there.
    """

    headers: tuple[tuple[str, str], ...]
    footers: dict[str, tuple[str, ...]]
    headerless: dict[str, str]
    bare_call: str | None
    bare_tool: str | None
    controls: frozenset[str]
    anchored: bool
    bare: frozenset[str]
    alike: bool


def learn(tokenizer: PreTrainedTokenizerBase) -> Layout:
    """Return the layout of the tokenizer's chat template; without headers if it cannot be found."""
    gaps = _probes(tokenizer) if tokenizer.chat_template else []
    begin = mark(tokenizer, tokenizer.bos_token or "")
    footers = before_openers(
        find_footers(gaps), [*gaps, *probe(tokenizer, "user", "call", "tool", "tool")], begin
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
    anchored = bool(found["user"]) and all(map(has_control, [*found["user"], *found["assistant"]]))
    if anchored:  # a header of words, such as of a tool's result, could be typed
        headers = {header: role for header, role in headers.items() if has_control(header)}
    headers |= dict.fromkeys(_of_tools(tokenizer, footers.get("assistant", []), found["user"]), "system")
    ordered = sorted(headers.items(), key=lambda item: -len("".join(item[0])))
    patterns = [(pattern(header), role) for header, role in ordered]
    ends = {role: tuple(pattern(footer) for footer in found) for role, found in footers.items()}
    # Its quotes and brackets are those of an argument: a number has no quotes.
    ends |= {"call": tuple(pattern(from_control(footer)) for footer in footers.get("call", ()))}
    other = any_role(tokenizer, footers, found["user"]) if anchored else None
    if other:
        patterns = [(rf"{one}\b" if one[-1].isalnum() else one, role) for one, role in patterns]
        patterns.append((other.header, ANY_ROLE))
        ends[ANY_ROLE] = other.footers
    headerless = _headerless(gaps, footers)
    if anchored and speaks_after_results(tokenizer):
        headerless.setdefault("tool", "assistant")
    return Layout(
        tuple(patterns),
        ends,
        headerless,
        bare_call(tokenizer),
        bare_tool(tokenizer),
        frozenset(controls_in("".join(chain.from_iterable([*headers, *chain(*footers.values())])))),
        anchored,
        bare_roles(tokenizer, begin),
        answer_looks_like_system(tokenizer),
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


def _headers(
    role: str, gaps: list[Gap], footers: dict[str, list[Pieces]], users: list[Pieces]
) -> list[Pieces]:
    """Return what begins a message of *role*: what its appearances have in common, after the footer before."""
    after: dict[str, list[Pieces]] = {}
    for gap in gaps:
        if _FAMILIES.get(gap.after, gap.after) == role and gap.before in footers:
            rest = after_footer(gap.text, footers[gap.before])
            if rest is not None:
                after.setdefault(gap.before, []).append(rest)
    # What stands before a content that begins without a header, such as the name of a tool, is no header.
    candidates = [rest for rests in after.values() if () not in rests for rest in rests]
    if role in {"system", "developer"} and not candidates:
        candidates = _first_headers(role, gaps, users)
    groups: dict[str, list[Pieces]] = {}
    for candidate in candidates:
        groups.setdefault(candidate[0], []).append(candidate)
    headers = [to_last_control(stripped(common_start(group))) for group in groups.values()]
    # A switch may write words before a header, such as GLM's "/nothink" after a question.
    return [
        header for header in headers if header and not any(after_words(other, header) for other in headers)
    ]


def _first_headers(role: str, gaps: list[Gap], users: list[Pieces]) -> list[Pieces]:
    """Return the header of a message that can only be the first, after what the template writes without it.

    It has none where the template writes it into the user's message. *users* are the headers of those.
    """
    own = [stripped(gap.text) for gap in gaps if gap.before == START and gap.after == role]
    plain = [stripped(gap.text) for gap in gaps if gap.before == START and gap.after == "user"]
    if not own or not plain or (plain[0] and own[0][: len(plain[0])] == plain[0]):
        return []
    before = without(plain[0], users)
    common = common_start([own[0], before])
    rest = own[0][len(common) :] if words("".join(common)) or before == own[0] else own[0]
    return [rest] if has_control(rest) else []


def _of_tools(tokenizer: PreTrainedTokenizerBase, footers: list[Pieces], users: list[Pieces]) -> list[Pieces]:
    """Return what begins the tools where the template writes them before a later message of the user's."""
    texts: list[Pieces] = []
    for tools in TOOL_LISTS:
        later = probe(tokenizer, "user", "assistant", "user", tools=tools)[2:3]
        texts += [without(after_footer(gap.text, footers) or (), users) for gap in later]
    common = common_start(texts)
    controls = [at for at, piece in enumerate(common) if has_control((piece,))]
    return [common[: controls[-1] + 1]] if controls else []


def _headerless(gaps: list[Gap], footers: dict[str, list[Pieces]]) -> dict[str, str]:
    """Return the role that begins without a header after each: an answer's where that and another may."""
    found: dict[str, str] = {}
    for gap in gaps:
        if (
            gap.after != STOP
            and footers.get(gap.before)
            and after_footer(gap.text, footers[gap.before]) == ()
        ):
            role = _FAMILIES.get(gap.after, gap.after)
            found[gap.before] = role if role == "assistant" else found.get(gap.before, role)
    return found
