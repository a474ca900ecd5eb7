"""The kinds of model that can be explained: one entry for each, and nothing else to register.

Reading this table imports neither torch nor transformers: the code of a kind is imported when a model of it is loaded.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.kinds.model import Model


BARE = (
    "This model was trained on chats, and the prompt is a bare text: give messages like "
    "[{'role': 'user', 'content': 'Hello'}] to have it answer."
)
"""The warning of a model that was trained on chats, on a text that is none."""


@dataclass(frozen=True)
class Form:
    """The input form of a kind of model, in the app and on the command line.

    Attributes:
        text: The name of the text field.
        verb: The label of the button.
        new_tokens: How many new tokens are suggested; 0 for a model that generates none.
        context: Whether a second text is asked for, which holds the answer.
    """

    text: str = "Text"
    verb: str = "Explain"
    new_tokens: int = 0
    context: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    Attributes:
        task: Its name in Transformers' pipelines, such as ``"fill-mask"``.
        words: Its name in a sentence, such as ``"a masked language model"``.
        auto_class: The Transformers class that loads its weights.
        model_class: The class that ``load`` returns, as ``"module:Class"``.
        class_endings: Endings of the names of Transformers' classes of this kind.
        form: Its input form in the app.
        aliases: Other tasks that such a model may be loaded for.
        may_have_decoder: Whether a class with one of these endings stays of this kind with a decoder.
        has_head: Whether it predicts anything. Without a head, no weights outside of the body are needed.
    """

    task: str
    words: str
    auto_class: str
    model_class: str
    class_endings: tuple[str, ...] = ()
    form: Form = Form()
    aliases: tuple[str, ...] = ()
    may_have_decoder: bool = False
    has_head: bool = True

    def import_class(self) -> type[Model]:
        """Import and return the class that ``load`` returns for this kind."""
        module, name = self.model_class.split(":")
        found: type[Model] = getattr(importlib.import_module(module), name)
        return found


CAUSAL = Kind(
    task="text-generation",
    words="a causal language model",
    auto_class="AutoModelForCausalLM",
    model_class="attrwidget.kinds.causal.model:CausalModel",
    class_endings=("ForCausalLM", "LMHeadModel", "DoubleHeadsModel"),
    form=Form("Beginning", "Generate", new_tokens=5),
)
SEQ2SEQ = Kind(
    task="text2text-generation",
    words="an encoder–decoder model",
    auto_class="AutoModelForSeq2SeqLM",
    model_class="attrwidget.kinds.seq2seq.model:Seq2SeqModel",
    form=Form("Source", "Generate", new_tokens=60),
    aliases=("translation", "summarization"),
)
MASKED_LM = Kind(
    task="fill-mask",
    words="a masked language model",
    auto_class="AutoModelForMaskedLM",
    model_class="attrwidget.kinds.masked_lm:MaskedLMModel",
    class_endings=("ForMaskedLM",),
)
CLASSIFIER = Kind(
    task="text-classification",
    words="a sequence classifier",
    auto_class="AutoModelForSequenceClassification",
    model_class="attrwidget.kinds.classifier:ClassifierModel",
    class_endings=("ForSequenceClassification",),
    may_have_decoder=True,
)
QUESTION_ANSWERING = Kind(
    task="question-answering",
    words="an extractive question-answering model",
    auto_class="AutoModelForQuestionAnswering",
    model_class="attrwidget.kinds.question_answering:QuestionAnsweringModel",
    class_endings=("ForQuestionAnswering", "ForQuestionAnsweringSimple"),
    form=Form("Question", context=True),
    may_have_decoder=True,
)
TOKEN_CLASSIFIER = Kind(
    task="token-classification",
    words="a token classifier",
    auto_class="AutoModelForTokenClassification",
    model_class="attrwidget.kinds.token_classifier:TokenClassifierModel",
    class_endings=("ForTokenClassification",),
    may_have_decoder=True,
)
HEADLESS = Kind(
    task="feature-extraction",
    words="an encoder without a head",
    auto_class="AutoModel",
    model_class="attrwidget.kinds.headless:HeadlessModel",
    has_head=False,
)

# The form of a causal language model that was trained on chats, when the text goes to it as a message.
CHAT_FORM = Form("Message", "Ask", new_tokens=40)

KINDS = [CAUSAL, SEQ2SEQ, MASKED_LM, CLASSIFIER, QUESTION_ANSWERING, TOKEN_CLASSIFIER, HEADLESS]


def kind_of(task: str) -> Kind:
    """Return the kind of model of *task*. Raises AttrWidgetError, naming all tasks, for an unknown one."""
    for kind in KINDS:
        if task == kind.task or task in kind.aliases:
            return kind
    raise AttrWidgetError(f"There is no task {task!r}: take one of {', '.join(kind.task for kind in KINDS)}.")
