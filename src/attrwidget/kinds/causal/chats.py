"""What a causal model knows of the chat that its prompt is: messages, template arguments, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.generation import generation_option
from attrwidget.text.chat import (
    begins_unclear,
    ends_as_template,
    find_spans,
    has_word_headers,
    is_bare,
    message_spans,
    typed_borders,
)
from attrwidget.text.chat_check import left_out, misplaced
from attrwidget.text.chat_parts import with_text_contents
from attrwidget.text.chat_template import variables
from attrwidget.text.prompt import is_messages

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.text.sections import Section

CAPTURED_BARE = (
    "This model was trained on chats, and the prompt is a bare text: make it with tokenizer.apply_chat_template to "
    "have it answer."
)
_OTHER_CHAT = (
    "The messages given are not what this prompt was made of by the tokenizer's chat template, so {}."
)
_BY_HEADERS = "its parts are named by the headers of the template alone"
_NOT_APART = "messages are not shown apart"
_TYPED = (
    "The {role} message contains {tokens}, with which the chat template begins and ends messages: the model may take "
    "what follows for another message."
)
_BY_WORDS = (
    "The chat template begins messages with plain words, which a message may hold too, so messages are not shown apart "
    "in a text or in token ids: give the messages themselves."
)
_UNCLEAR = (
    "Token ids do not tell whether this chat begins with a system message or with an answer, as the chat template "
    "marks neither: give the messages themselves."
)
_LEFT_OUT = "The chat template leaves out {}: the model does not see {}."
_MISPLACED = "The chat template writes {}: the model takes {} for that."
_UNREAD = "The chat template does not read {}, so this argument changes nothing."
_PARTS_NAMED = 2
_OF_TRANSFORMERS = {
    "add_generation_prompt",
    "continue_final_message",
}  # read by Transformers, not by templates
_OF_TEMPLATES = {"tools", "documents", "enable_thinking"}


def was_trained_on_chats(hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether a model ends its answers as its chat template does."""
    ends = generation_option(hf, {}, "eos_token_id")
    given = set(ends) if isinstance(ends, list | tuple) else {ends}
    return ends_as_template(tokenizer, given | {tokenizer.eos_token_id} - {None})


def spans_of(
    tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], given: Any, options: Mapping[str, Any]
) -> list[Section]:
    """Return the messages in *ids*: those *given* if they are messages and were written so, else those found."""
    told = message_spans(tokenizer, given, ids, **options) if is_messages(given) else []
    return told or find_spans(tokenizer, ids)


def split_options(
    tokenizer: PreTrainedTokenizerBase, options: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of ``generate``, and those of the chat template."""
    from transformers import GenerationConfig

    read = variables(tokenizer) or set()
    known = _OF_TRANSFORMERS | _OF_TEMPLATES | (read - set(vars(GenerationConfig())))
    chosen = {name: value for name, value in options.items() if name in known}
    return {name: value for name, value in options.items() if name not in chosen}, chosen


def require_chats(prompts: Sequence[Any], options: Collection[str]) -> None:
    """Raise AttrWidgetError when template *options* are given for a prompt that is no chat."""
    if options and not all(is_messages(prompt) for prompt in prompts):
        raise AttrWidgetError(
            f"{next(iter(options))}= is an argument of a chat template, and this prompt is no chat: give it as "
            "messages like [{'role': 'user', 'content': 'Hello'}]."
        )


def text_contents(tokenizer: PreTrainedTokenizerBase, given: Any, options: Mapping[str, Any]) -> Any:
    """Return *given*, with its contents as texts where it is a chat whose template takes no lists of parts."""
    return (
        with_text_contents(tokenizer, given, options)
        if is_messages(given) and tokenizer.chat_template
        else given
    )


def message_warnings(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], options: Mapping[str, Any]
) -> list[str]:
    """Return warnings of template *options* that nothing reads, of its tokens typed, and of parts it leaves out."""
    read = variables(tokenizer)
    unread = [] if read is None else [name for name in options if name not in read | _OF_TRANSFORMERS]
    typed = dict.fromkeys((role, " and ".join(names)) for role, names in typed_borders(tokenizer, messages))
    return [
        *(_UNREAD.format(f"{name}=") for name in unread),
        *(_TYPED.format(role=role, tokens=tokens) for role, tokens in typed),
        *_written_otherwise(tokenizer, messages, options),
    ]


def _written_otherwise(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], options: Mapping[str, Any]
) -> list[str]:
    """Return warnings of parts that the template leaves out, and of those that it writes under another role."""
    gone = left_out(tokenizer, messages, options)
    moved = [f"{name} under {role}" for name, role in misplaced(tokenizer, messages, options)]
    return [
        sentence.format(_few(parts), "it" if len(parts) == 1 else "them")
        for sentence, parts in ((_LEFT_OUT, gone), (_MISPLACED, moved))
        if parts
    ]


def _few(parts: list[str]) -> str:
    more = len(parts) - _PARTS_NAMED
    return " and ".join(parts if more <= 1 else [*parts[:_PARTS_NAMED], f"{more} more"])


def words_warning(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[str]:
    """Return the warning that *ids* look like a chat whose messages, or the first of them, cannot be told apart."""
    if has_word_headers(tokenizer, ids):
        return [_BY_WORDS]
    return [_UNCLEAR] if begins_unclear(tokenizer, ids) else []


def other_chat(spans: Sequence[Section]) -> str:
    """Return the warning that the prompt is not the chat given, and how its parts are named instead."""
    return _OTHER_CHAT.format(_BY_HEADERS if spans else _NOT_APART)


def bare_warning(
    hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], sentence: str
) -> list[str]:
    """Return the warning *sentence* if *ids* are no chat and the model was trained on chats, else nothing."""
    return [sentence] if was_trained_on_chats(hf, tokenizer) and is_bare(tokenizer, ids) else []
