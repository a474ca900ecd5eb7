"""Replace and delete tokens of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from attrwidget.text.sections import Section


NOTHING_LEFT = "Nothing would be left of the text: leave at least one token."


class Edit(NamedTuple):
    """Tokens ``start`` up to ``end`` of a text are replaced by *ids*, none of which deletes them."""

    start: int
    end: int
    ids: tuple[int, ...] = ()


class Edits(tuple[Edit, ...]):
    """Edits of one text in its order, no two of which overlap."""

    __slots__ = ()

    @property
    def end(self) -> int:
        """One past the last token that is edited; 0 without edits."""
        return self[-1].end if self else 0

    def applied(self, tokens: Sequence[int], new: Iterable[Sequence[int]] | None = None) -> list[int]:
        """Return *tokens* with these edits made; *new* has what to put in each place, instead of the edits' ids."""
        changed, at = [], 0
        for edit, ids in zip(self, [one.ids for one in self] if new is None else new, strict=True):
            changed += [*tokens[at : edit.start], *ids]
            at = edit.end
        return [*changed, *tokens[at:]]

    def replaces(self, position: int) -> bool:
        """Return whether token *position* is replaced or deleted."""
        return any(edit.start <= position < edit.end for edit in self)

    def moved(self, position: int) -> int:
        """Return where token *position* stands in the edited text; of a replaced one, where its replacement begins."""
        shift = 0
        for edit in self:
            if edit.start < position < edit.end:
                return edit.start + shift
            if edit.end <= position:
                shift += len(edit.ids) - (edit.end - edit.start)
        return position + shift

    def moved_section(self, section: Section) -> Section:
        """Return where *section* stands in the edited text."""
        body = section.body and (self.moved(section.body[0]), self.moved(section.body[1]))
        return section._replace(start=self.moved(section.start), end=self.moved(section.end), body=body)

    def within(self, start: int, end: int) -> Edits:
        """Return the edits of tokens ``start`` up to ``end``, counted from *start*."""
        return Edits(
            Edit(one.start - start, one.end - start, one.ids)
            for one in self
            if start <= one.start and one.end <= end
        )
