"""Small pictures of all heads, beside the weights of each."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fake import random_explanation

from attrwidget.errors import AttrWidgetError
from attrwidget.page import glance as module
from attrwidget.page.glance import check_size, glance


@pytest.mark.parametrize(("rows", "cols", "band"), [(3, 5, 1), (1, 1, 1 << 20), (2, 4, 200)])
def test_each_element_is_the_greatest_weight_of_its_steps_and_inputs(
    monkeypatch: pytest.MonkeyPatch, rows: int, cols: int, band: int
) -> None:
    monkeypatch.setattr(module, "_BAND_BYTES", band)
    explanation = random_explanation()
    values, high = glance(explanation, rows, cols)
    weights = explanation.head_weights(range(explanation.n_steps))
    steps = [s * explanation.n_steps // rows for s in range(rows + 1)]
    inputs = [i * explanation.n_inputs // cols for i in range(cols + 1)]
    for row in range(rows):
        for col in range(cols):
            part = weights[steps[row] : steps[row + 1], :, :, inputs[col] : inputs[col + 1]]
            seen = ~np.isnan(part).all(axis=(0, 3))
            expected = np.where(seen, np.nan_to_num(part).max(axis=(0, 3)), np.nan)
            shown = np.where(values[:, :, row, col] == 255, np.nan, values[:, :, row, col] / 254 * high)
            np.testing.assert_allclose(shown, np.minimum(expected, high), atol=high / 500)


def test_the_scale_leaves_the_first_input_out() -> None:
    explanation = random_explanation()
    explanation.weights[:, :, :, 0] = 5
    rest = explanation.weights[:, :, :, 1:]
    _, high = glance(explanation, explanation.n_steps, explanation.n_inputs)
    assert high <= np.nanmax(rest)


def test_sizes_that_do_not_fit() -> None:
    explanation = random_explanation()
    with pytest.raises(AttrWidgetError, match=r"rows is a whole number from 1 to \d+, not 0"):
        check_size(explanation, 0, 1)
    with pytest.raises(AttrWidgetError, match=r"cols is a whole number from 1 to \d+, not 1\.5"):
        check_size(explanation, 1, 1.5)
