"""A real server gives the scores of the model that is loaded here, where one is named by the environment.

For vLLM: ``vllm serve FOLDER --dtype float32``, then ``REAL_SERVER=http://localhost:8000/v1 REAL_MODEL=FOLDER`` and
pytest of this file. The model must be one of chats.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

import attrwidget as aw

ADDRESS, FOLDER = os.environ.get("REAL_SERVER", ""), os.environ.get("REAL_MODEL", "")
NAME = os.environ.get("REAL_NAME", FOLDER)
WITHIN = 1e-4  # nats

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ADDRESS and FOLDER), reason="REAL_SERVER and REAL_MODEL name no server"),
]


@pytest.fixture(scope="module")
def here() -> Any:
    return aw.load(FOLDER)


@pytest.mark.parametrize(
    "prompt", ["The capital of Japan is", [{"role": "user", "content": "Name the capital of Japan."}]]
)
def test_a_real_server_has_the_scores_of_the_model(here: Any, prompt: Any) -> None:
    chat = not isinstance(prompt, str)
    ex = aw.connect(ADDRESS, NAME, tokenizer=FOLDER).explain(prompt, max_new_tokens=3)
    ids = here.tokenizer(ex.reading.remote.echo.text, add_special_tokens=not chat)["input_ids"]
    local = here.explain(ids[: -ex.reading.n_steps], output=ids[-ex.reading.n_steps :])
    np.testing.assert_allclose(ex.steps["log_probability"], local.steps["log_probability"], atol=WITHIN)
    units = [(one.start, one.end) for one in ex.reading.sections[:-1]] if chat else "word"
    for options in ({}, {"foil": " Kyoto"}):
        found = ex.scores(units=units, normalize=None, **options)
        wanted = local.scores("leave_one_out_deleted", units=units, normalize=None, **options)
        compared = found.to_numpy()[:, : ex.reading.first_step]
        np.testing.assert_allclose(compared, wanted.to_numpy()[:, : ex.reading.first_step], atol=WITHIN)


def test_vllm_tells_the_text_of_messages(here: Any) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    told = aw.connect(ADDRESS, NAME).explain(messages, output="Hi")
    own = aw.connect(ADDRESS, NAME, tokenizer=here.tokenizer).explain(messages, output="Hi")
    assert told.reading.remote.prompt.text == own.reading.remote.prompt.text
