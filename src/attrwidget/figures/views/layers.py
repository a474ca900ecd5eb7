"""The layers view: what each layer would have said at every step (the logit lens), and the lines of one word."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.bidi import right_to_left
from attrwidget.figures.colors import tinted
from attrwidget.figures.markdown import table_of
from attrwidget.figures.marks import Box, Words
from attrwidget.figures.sheet import MARGIN
from attrwidget.figures.shown import shown_steps
from attrwidget.figures.views.grid import cut
from attrwidget.figures.views.lens_lines import draw_lines, lines_of_step
from attrwidget.figures.views.view import IN_MARKDOWN, View
from attrwidget.files import public_name
from attrwidget.still.sentences import chance, steps_text
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.figures.sheet import Sheet
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.lens import StepLens

_NARROW, _WIDE, _DOWN, _GUTTER = 37.0, 60.0, 8.4, 9.0
_SIZE, _TALLEST, _BETWEEN = 5.5, 470.0, 6.0
_MOST = 200  # steps read for a figure


class LayersView(View):
    """What each layer would have said."""

    pictured = "table of layers"
    instead = ".csv"

    def __init__(self, reading: Reading, state: Mapping[str, Any], progress: Progress | None) -> None:
        lens = reading.lens
        if lens is None:
            raise AttrWidgetError(
                "Reading the layers needs the model, and this explanation was recorded without it."
            )
        if lens.refusal is not None:
            raise AttrWidgetError(lens.refusal)
        held = list(state.get("held") or ())
        self._held = shown_steps(reading, state)
        all_steps = held if len(held) > 1 else list(range(reading.n_steps))
        self._among = len(all_steps)
        first = max(0, all_steps.index(self._held[0]) - _MOST // 2)
        self._steps = all_steps[first : first + _MOST]
        self._reading = reading
        self._lenses = dict(zip(self._steps, lens.read(self._steps, progress), strict=True))
        self._layers = lens.n_layers
        self._lines = lines_of_step(reading, self._held[0]) if len(held) < 2 else []
        self.caption = self._caption()

    def words(self) -> str:
        """Return all words of the table, and of the lines."""
        said = [self._said(step) for step in self._steps]
        likely = [visible(words[0]) for lens in self._lenses.values() for words in lens.words]
        return "\n".join(["…", *said, *likely, *(name for name, _ in self._lines)])

    def draw(self, sheet: Sheet) -> None:
        """Draw the table, in as many bands as fit a page, and the lines of one word."""
        fit = int((sheet.room - _GUTTER) // _NARROW)
        bands = max(1, int(_TALLEST // (self._layers * _DOWN + _DOWN + _BETWEEN)))
        shown = self._around(fit * bands)
        across = min(_WIDE, (sheet.room - _GUTTER) / min(fit, len(shown)))
        for start in range(0, len(shown), fit):
            self._band(shown[start : start + fit], across, sheet)
            sheet.y += _BETWEEN
        if self._lines:
            draw_lines(self._lines, sheet)
        if len(shown) < self._among and sheet.look.caption:
            sheet.small(f"{len(shown)} of {self._among} {self._reading.step_noun[1]}; steps= names others")

    def to_csv(self) -> bytes:
        """Return a row for each step and layer, which counts from 0."""
        file = io.StringIO()
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("step", "token", "layer", "word", "probability", "chosen", "rank"))
        for step, lens in self._lenses.items():
            for layer in range(self._layers):
                numbers = (lens.probability[layer, 0], lens.chosen[layer], lens.rank[layer])
                table.writerow((step, self._said(step), layer, lens.words[layer][0], *map(str, numbers)))
        return file.getvalue().encode("utf-8", "replace")

    def to_markdown(self, *, caption: bool) -> bytes:
        """Return a table of layers by tokens, with the likeliest word and its p in each cell."""
        if len(self._steps) > IN_MARKDOWN:
            raise self._too_wide(len(self._steps))
        cells = [
            [
                f"{visible(lens.words[layer][0])} {chance(float(lens.probability[layer, 0]))}"
                for lens in self._lenses.values()
            ]
            for layer in range(self._layers)
        ]
        names = [str(layer + 1) for layer in range(self._layers)]
        said = [self._said(step) for step in self._steps]
        return table_of("layer", names, said, cells, self.caption if caption else [])

    def _around(self, count: int) -> list[int]:
        """Return so many of the steps, with the one explained among them."""
        middle = self._steps.index(self._held[0])
        start = max(0, min(middle - count // 2, len(self._steps) - count))
        return self._steps[start : start + count]

    def _said(self, step: int) -> str:
        return self._reading.tokens.labels[self._reading.first_step + step]

    def _band(self, steps: list[int], across: float, sheet: Sheet) -> None:
        top = sheet.y + _DOWN + 1
        for layer in range(self._layers):
            name = str(layer + 1)
            end = MARGIN + _GUTTER - 3 - sheet.fonts.width(name, _SIZE)
            sheet.words(name, end, top + (layer + 0.5) * _DOWN + 0.36 * _SIZE, _SIZE)
        for column, step in enumerate(steps):
            left = MARGIN + _GUTTER + column * across
            held = step in self._held
            color = sheet.theme.said if held else sheet.theme.ink
            self._word(self._said(step), (left, top - 3, across), color, sheet)
            lens = self._lenses[step]
            for layer in range(self._layers):
                self._cell(lens, layer, (left, top + layer * _DOWN, across), sheet)
            if held:
                area = (left - 0.4, sheet.y - 0.5, across, self._layers * _DOWN + _DOWN + 1.5)
                sheet.add(Box(*area, stroke=sheet.theme.said, thick=0.8))
        sheet.y = top + self._layers * _DOWN

    def _cell(self, lens: StepLens, layer: int, place: tuple[float, float, float], sheet: Sheet) -> None:
        left, top, across = place
        theme, p = sheet.theme, float(lens.probability[layer, 0])
        tint = theme.said if lens.rank[layer] == 1 else theme.less
        sheet.add(Box(left, top, across - 0.8, _DOWN - 0.6, fill=tinted(theme, tint, p)))
        baseline = top + _DOWN / 2 + 0.36 * _SIZE - 0.3
        self._word(visible(lens.words[layer][0]), (left, baseline, across), theme.ink, sheet)

    def _word(self, text: str, place: tuple[float, float, float], color: str, sheet: Sheet) -> None:
        left, baseline, across = place
        shown = cut(text, across - 3, _SIZE, sheet)
        width = sheet.fonts.width(shown, _SIZE)
        sheet.add(Words(shown, left + 1.5, baseline, width, _SIZE, color, right_to_left(shown)))

    def _caption(self) -> list[str]:
        reading, one = self._reading, self._reading.step_noun[0]
        model = public_name(reading.model_name) or "a model"
        rows = f"logit lens: what each layer (rows) would have said at each {one}, shaded by its p = 0 … 1"
        lines = ["lines: p of what was said and of its rivals, layer by layer"] if self._lines else []
        said = steps_text(reading, self._held[:1])
        return [f"{model} · {said}", f"{rows}; red where it was said", *lines]
