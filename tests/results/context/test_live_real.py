"""Context reliance on SmolLM2: what its system message alone knows is found in it."""

from __future__ import annotations

import pytest
from helpers.real import SMOLLM2, missing, smollm2


@pytest.mark.slow
@pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2)))
def test_a_name_that_only_the_system_message_has_is_found_there() -> None:
    chat = [
        {"role": "system", "content": "My dog is called Rex."},
        {"role": "user", "content": "What is my dog called?"},
    ]
    ex = smollm2().explain(chat, output="Your dog is called Rex.")
    found = ex.context_reliance("system")
    name = next(step for step in found.answer.index if found.answer.loc[step, "word"] == "Rex")
    row = found.answer.loc[name]
    assert row["without"] < 0.1 * row["probability"]
    assert name in found.changed
    assert found.words.loc[name].idxmax() == "Rex"
    assert "“Rex”" in str(found)
