"""A loaded token classifier: it gives every token a label, such as the kind of name that it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.kinds.encoder.adapter import TokenClassifier
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.outputs import ClassTrace
from attrwidget.kinds.encoder.sections import parts_of
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from attrwidget.kinds.encoder.inputs import Passage

OUTSIDE = "O"  # the label of what is no name, in all IOB schemes


class TokenClassifierModel(EncoderModel[TokenClassifier]):
    """A token classifier that can be explained; made by ``attrwidget.load``."""

    adapter = TokenClassifier

    def explain(self, text: Any, *, all_tokens: bool = False) -> Any:
        """Return the Explanation of the labels that the model gives the tokens of *text*.

        *text* is a text or a list of token ids, special tokens included. A list of texts, or a padded batch from a
        tokenizer, gives a list of Explanations. Each token with a label other than ``O`` (outside of any name) is a
        step, called ``token/label``; with *all_tokens*, or when there is no other label, every token is, special ones
        apart.

        Raises AttrWidgetError, in one sentence with what to do, for bad input.
        """
        return self._each(text, None, lambda passage: self._explained(passage, all_tokens=all_tokens))

    def _explained(self, passage: Passage, *, all_tokens: bool) -> ClassTrace:
        model, count = self._adapter, len(passage.ids)
        tokens = read_tokens(model.tokenizer, passage.ids, count)
        everything = self._text(passage, tuple(range(count)))
        logits, recorder = first_run(everything, self._abilities)
        labels = logits.argmax(-1).tolist()
        words = [i for i in range(count) if not tokens.special[i]] or list(range(count))
        named = [i for i in words if model.labels[labels[i]] != OUTSIDE]
        rows = words if all_tokens or not named else named
        unnamed = f"No token has a label other than {OUTSIDE}, so all tokens are listed."
        parts, titles = parts_of(passage, "Text", "Second text")
        return ClassTrace(
            replace(everything, rows=tuple(rows)),
            self._abilities,
            (logits[rows], recorder),
            outputs=[labels[i] for i in rows],
            texts=[f" {tokens.labels[i]}/{model.labels[labels[i]]}" for i in rows],
            titles=[*titles, "Labels"],
            parts=parts,
            step_noun=("label", "labels"),
            warnings=[] if named or all_tokens else [unnamed],
        )
