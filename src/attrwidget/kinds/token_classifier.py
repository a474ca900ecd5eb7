"""Token classifiers, which give every token a label, such as the kind of name that it is part of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, overload

from attrwidget.kinds.encoder.labels import Labelled, LabelTrace
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.kinds.table import TOKEN_CLASSIFIER
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.text.prompt import Encoded, Text, Texts

_OUTSIDE = "O"  # the label of tokens outside of any name, in all IOB schemes


class TokenClassifier(Labelled):
    """The adapter of a token classifier."""

    task = TOKEN_CLASSIFIER.task
    sees_own_token = True


class TokenClassifierModel(EncoderModel):
    """A token classifier that can be explained; made by ``attrwidget.load``."""

    adapter = TokenClassifier
    _adapter: TokenClassifier

    @overload  # type: ignore[override]  # reads no chat
    def explain(self, text: Text, *, all_tokens: bool = False) -> Explanation: ...
    @overload
    def explain(self, text: Texts, *, all_tokens: bool = False) -> list[Explanation]: ...
    @overload
    def explain(self, text: Encoded, *, all_tokens: bool = False) -> Explanation | list[Explanation]: ...
    def explain(
        self, text: Text | Texts | Encoded, *, all_tokens: bool = False
    ) -> Explanation | list[Explanation]:
        """Explain the labels that the model gives the tokens of a text; each labelled token is a step, ``token/label``.

        Args:
            text: A text, or a list of token ids, special tokens included. A list of texts, or a padded batch from a
                tokenizer, gives a list of Explanations.
            all_tokens: Explain every token but the special ones, not only those with another label than ``O`` (outside
                of any name). It is so too when no token has another label.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is not a text, is empty, or is longer than the model can see.

        Example:
            >>> model = aw.load("dslim/bert-base-NER")
            >>> model.explain("Anna lives in Paris.")
        """
        return self._each(text, None, lambda passage: self._trace(passage, all_tokens=all_tokens))

    def _trace(self, passage: Passage, *, all_tokens: bool) -> LabelTrace:
        model, count = self._adapter, len(passage.ids)
        tokens = read_tokens(model.tokenizer, passage.ids, count)
        text = self._text(passage, tuple(range(count)))
        logits, recorder = first_run(text, self.capabilities)
        labels = logits.argmax(-1).tolist()
        words = [i for i in range(count) if not tokens.special[i]] or list(range(count))
        named = [i for i in words if model.labels[labels[i]] != _OUTSIDE]
        rows = words if all_tokens or not named else named
        unnamed = f"No token has a label other than {_OUTSIDE}, so all tokens are listed."
        return LabelTrace(
            replace(text, rows=tuple(rows)),
            self.capabilities,
            (logits[rows], recorder),
            outputs=[labels[i] for i in rows],
            texts=[f" {tokens.labels[i]}/{model.labels[labels[i]]}" for i in rows],
            sections=passage.sections(),
            title="Labels",
            step_noun=("label", "labels"),
            warnings=[] if named or all_tokens else [unnamed],
        )
