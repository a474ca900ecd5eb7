"""The languages of a multilingual tokenizer: set on a copy of it, so that the user's own stays as it is."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.text.tokenizing import encode, token_id

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class Languages:
    """The languages that *tokenizer* marks in sources and targets, if any, as those of mBART, M2M-100 and NLLB do."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    @cached_property
    def _copy(self) -> Any:
        # Switching to targets changes a tokenizer, and some stay changed.
        return copy.deepcopy(self._tokenizer)

    @cached_property
    def ids(self) -> dict[str, int]:
        """The token id of each language, by its code; none for a tokenizer without languages."""
        if not hasattr(self._tokenizer, "src_lang"):
            return {}
        known = getattr(self._tokenizer, "lang_code_to_id", None)
        if known:
            return dict(known)
        named = set(self._tokenizer.special_tokens_map.values())
        codes = [token for token in self._tokenizer.all_special_tokens if token not in named]
        return {code: token_id(self._tokenizer, code) for code in codes}

    def named(self, start: list[int]) -> str | None:
        """Return the language that a decoder's *start* names, or None."""
        codes = {token: code for code, token in self.ids.items()}
        return next((codes[token] for token in start if token in codes), None)

    def of_source(self, language: str | None) -> PreTrainedTokenizerBase:
        """Return a tokenizer for sources in *language*, by default the one that the user's own is set to."""
        if language is not None:
            self._require(language, "src_lang")
        if not self.ids:
            return self._tokenizer
        self._copy.src_lang = language or self._tokenizer.src_lang
        return self._copy  # type: ignore[no-any-return]

    def of_target(self, language: str | None) -> PreTrainedTokenizerBase:
        """Return a tokenizer for targets in *language*, by default the one that the user's own is set to."""
        if language is not None:
            self._require(language, "tgt_lang")
        if self.ids:
            language = language or self._tokenizer.tgt_lang
            if language is None:
                raise AttrWidgetError(
                    "This tokenizer marks the language in a target: name it with tgt_lang=."
                )
            self._copy.tgt_lang = language
        return self._copy  # type: ignore[no-any-return]

    def target_id(self, language: str) -> tuple[int, bool]:
        """Return the token id of *language*, and whether a decoder starts with it instead of having it forced.

        Decoders of the first mBART do: their targets end with the language, which is moved to the start. In others
        it is a target's first token.
        """
        ids = list(encode(self.of_target(language), text_target="")["input_ids"])
        return self.ids[language], bool(ids) and ids[0] != self.ids[language] and ids[-1] == self.ids[
            language
        ]

    def _require(self, language: Any, name: str) -> None:
        if not self.ids:
            raise AttrWidgetError(f"This tokenizer has no languages to choose from: leave out {name}=.")
        if language not in self.ids:
            known = ", ".join(sorted(self.ids))
            raise AttrWidgetError(f"There is no language {language!r} for {name}=: take one of {known}.")
