"""A tiny random model of every text architecture that the installed Transformers can build."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING, Any

import torch
import transformers
from helpers.encoders import VOCABULARY, word_tokenizer
from helpers.tiny import byte_tokenizer, random_ids
from helpers.tiny_seq2seq import ending_tokenizer, words_of
from transformers import CONFIG_MAPPING
from transformers.models.auto import modeling_auto

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each head: the auto class that builds it, Transformers' table of its architectures, and the size of its vocabulary.
HEADS = {
    "ForCausalLM": ("MODEL_FOR_CAUSAL_LM_MAPPING_NAMES", 330),
    "ForSeq2SeqLM": ("MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES", 340),
    "ForMaskedLM": ("MODEL_FOR_MASKED_LM_MAPPING_NAMES", len(VOCABULARY)),
    "ForSequenceClassification": ("MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES", len(VOCABULARY)),
    "ForTokenClassification": ("MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES", len(VOCABULARY)),
    "ForQuestionAnswering": ("MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES", len(VOCABULARY)),
}
_TEXT = (
    "the film was not good , a dull story . who wrote it ? anna played in paris , the capital of france and music ! "
    "john lives in london . "
)
MOST = 4_000_000  # parameters of a tiny model

# Sizes by the name of a configuration's field; fields that a configuration does not have are left out.
_SIZES: dict[str, int] = {
    name: size
    for size, names in {
        32: "hidden_size d_model n_embd emb_dim dim embedding_size word_embed_proj_dim attention_hidden_size lru_width "
        "backbone_hidden_size pronunciation_embed_dim shape_embed_dim true_hidden_size d_latents embedding_rank",
        2: "num_hidden_layers n_layer n_layers num_layers encoder_layers decoder_layers num_encoder_layers "
        "num_decoder_layers num_key_value_heads num_kv_heads num_experts_per_tok moe_k moe_topk type_vocab_size "
        "num_self_attends_per_block index_n_heads num_query_groups",
        4: "num_attention_heads n_head n_heads num_heads encoder_attention_heads decoder_attention_heads "
        "num_encoder_attention_heads num_decoder_attention_heads attention_heads num_local_experts num_experts "
        "n_routed_experts moe_num_experts head_dim_x block_size",
        8: "head_dim d_kv d_head kv_channels attention_head_size index_head_dim qk_rope_head_dim qk_nope_head_dim "
        "v_head_dim mamba_d_state state_size mamba_dt_rank hidden_size_per_layer_input laurel_rank num_latents "
        "linear_key_head_dim linear_value_head_dim attention_head_dim adapter_rank rotary_dim index_topk",
        16: "moe_intermediate_size shared_expert_intermediate_size shared_intermediate_size sliding_window chunk_size "
        "mamba_chunk_size q_lora_rank kv_lora_rank expert_ffn_hidden_size intra_bottleneck_size",
        48: "intermediate_size d_ff d_inner dff hidden_dim ffn_dim ffn_hidden_size encoder_ffn_dim decoder_ffn_dim "
        "n_inner intermediate_size_mlp feed_forward_size",
        64: "pronunciation_vocab_size shape_vocab_size entity_vocab_size num_hash_buckets audio_vocab_size",
        256: "max_position_embeddings n_positions max_target_positions max_source_positions "
        "max_encoder_position_embeddings max_decoder_position_embeddings",
        400: "vocab_size_per_layer_input src_vocab_size tgt_vocab_size",
    }.items()
    for name in names.split()
}
# What a configuration needs besides: numbers that its architecture binds to others. None takes a size away again.
_MAMBA: dict[str, Any] = {"mamba_n_heads": 8, "mamba_d_head": 8, "mamba_n_groups": 1}
_GEMMA: dict[str, Any] = {"num_hidden_layers": 6, "head_dim": None, "sliding_window": 16}
_LATENT: dict[str, Any] = {"num_key_value_heads": 4}  # keys of all heads from one latent vector
_LATENT_KINDS = "axk2 deepseek_v3 deepseek_v32 glm4_moe_lite glm_moe_dsa minicpm3 youtu"
_OVERRIDES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(_LATENT_KINDS.split(), _LATENT),
    "axk1": {**_LATENT, "n_group": 2, "topk_group": 1},
    "deepseek_v2": {**_LATENT, "num_experts_per_tok": 2},
    "bamba": _MAMBA,
    # Keys compressed in each way, by an index that leaves some out of a text of 44 tokens.
    "deepseek_v4": {
        "num_hidden_layers": 3,
        "layer_types": ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention"],
        "mlp_layer_types": ["hash_moe", "moe", "moe"],
        "compress_rates": {"compressed_sparse_attention": 4, "heavily_compressed_attention": 8},
        "index_topk": 2,
        "head_dim": 16,
        "partial_rotary_factor": 0.5,
        "num_key_value_heads": 1,
        "o_groups": 2,
    },
    "dots1": {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_shared_experts": 1},
    "gemma3n_text": {
        "num_hidden_layers": 10,
        "num_kv_shared_layers": 5,
        "intermediate_size": [48] * 10,
        "activation_sparsity_pattern": [0.5, *[0.0] * 9],
    },
    "neomme": {"head_dim": 16},
    "esmc": {"num_key_value_heads": 4},
    "gemma4_text": _GEMMA,
    "gpt_neo": {"attention_types": [[["global", "local"], 1]], "window_size": 16},
    "granitemoehybrid": _MAMBA,
    "hunyuan_v1_dense": {"head_dim": 8},
    "hunyuan_v1_moe": {"head_dim": 8},
    "lilt": {"hidden_size": 48},
    "mistral4": {**_LATENT, "head_dim": 16},
    "qwen3_next": {"layer_types": ["linear_attention", "full_attention"]},
    "led": {"attention_window": [8, 8]},
    "llama4_text": {
        "num_hidden_layers": 4,
        "attention_chunk_size": 16,
        "no_rope_layers": [1, 1, 0, 1],
        "floor_scale": 8,
    },
    "longcat_flash": {**_LATENT, "zero_expert_num": 2},
    "longformer": {"attention_window": [8, 8]},
    "mamba2": {"num_heads": 8, "n_groups": 1},
    "ministral": {"head_dim": 8},
    "minimax_m3_vl_text": {
        "index_block_size": 8,
        "index_topk_blocks": 2,
        "layer_types": ["full_attention", "minimax_m3_sparse"],
    },
    "mobilebert": {"embedding_size": 16, "true_hidden_size": 16, "intra_bottleneck_size": 16},
    "nemotron": {"num_key_value_heads": 2},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "reformer": {
        "attn_layers": ["local", "local"],
        "axial_pos_shape": [8, 32],
        "axial_pos_embds_dim": [16, 16],
        "local_attn_chunk_length": 8,
        "num_hidden_layers": None,
    },
    "smollm3": {"no_rope_layers": [1, 0]},
    "xmod": {"default_language": "en_XX", "languages": ["en_XX"]},
    "zamba": {"num_hidden_layers": 3, "layer_types": None, "n_mamba_heads": 2, "attention_head_dim": 16},
    "zamba2": {
        "num_hidden_layers": 4,
        "layers_block_type": ["mamba", "hybrid", "mamba", "hybrid"],
        "hybrid_layer_ids": [1, 3],
        "n_mamba_heads": 8,
        "mamba_headdim": 8,
        "attention_head_dim": 16,
        "attention_hidden_size": 64,
        "use_mem_eff_path": False,
    },
}
# Architectures that are not built, with the reason.
_SOUND = (
    "audioflamingo3 glmasr granite_speech granite_speech_plus moss_transcribe_diarize musicflamingo nemo_speechlm "
    "qwen2_audio qwen3_asr vibevoice_asr voxtral voxtral_realtime seamless_m4t seamless_m4t_v2 moshi musicgen "
    "musicgen_melody whisper phi4_multimodal"
)
_IMAGES = (
    "fuyu gemma3 gemma3n gemma4 gemma4_unified got_ocr2 t5gemma2 emu3 mllama git dots3_note gemma4_assistant "
    "gemma4_unified_assistant layoutlmv2 layoutlmv3 lxmert modernvbert ultravbert qwen4_exp llama4 qwen3_5 qwen3_5_moe"
)
SKIPPED: dict[str, str] = {
    **dict.fromkeys(_SOUND.split(), "it reads sound"),
    **dict.fromkeys(_IMAGES.split(), "it reads images too; its text model is an architecture of its own"),
    "zamba": "Transformers cannot tie the weights of so few layers",
    "dots3_note_text": "its layers have sizes of their own, none of them tiny",
    "dbrx": "its configuration of attention lacks a field that the model reads",
    "longformer ForQuestionAnswering": "it wants three separators, as RoBERTa's tokenizer writes them",
    "kimi_linear": "its linear attention takes minutes on a CPU",
    "bros": "it reads where words stand on a page",
    "blt": "it reads bytes, in patches that a second model cuts",
    "encoder-decoder": "it is put together of two others",
    "cohere_compass_text": "its default configuration names no rotary embeddings",
}

# Slow even when tiny: tried by `make zoo` alone.
SLOW = {
    *(
        "nemotron_h",
        "inkling_text",
        "inkling2_text",
        "afmoe",
        "falcon_h1",
        "cpmant",
        "gemma4_text",
    ),
    *("hrm_text", "gemma3n_text", "qwen3_5_moe_text", "qwen4_exp_text", "bailing_hybrid", "zamba2"),
    *("gemma4_unified_text", "qwen3_5_text", "jamba", "qwen3_next"),
}


def cases() -> Iterator[tuple[str, str]]:
    """Yield every architecture with each of its heads, as Transformers' tables name them."""
    writes = getattr(modeling_auto, HEADS["ForSeq2SeqLM"][0])
    for head, (table, _) in HEADS.items():
        for kind, name in sorted(getattr(modeling_auto, table).items()):
            # BART as a masked model is the class that writes, which loads as such.
            if head == "ForSeq2SeqLM" or name != writes.get(kind):
                yield kind, head


def shrink(kind: type, vocabulary: int, overrides: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that make a tiny configuration of the class *kind*."""
    usual = kind()
    own = (vars(usual).keys() | _parameters(kind)) - set(getattr(kind, "attribute_map", None) or {})
    layers = usual.to_dict().get("per_layer_config") or {}
    varying = {name for layer in layers.values() for name in layer}
    found: dict[str, Any] = {}
    for name in own & _SIZES.keys() - varying:
        value = getattr(usual, name, None)
        if type(value) is int:
            found[name] = min(_SIZES[name], value)
    if "vocab_size" in own:
        found["vocab_size"] = vocabulary
    for name in getattr(kind, "sub_configs", None) or {}:
        part = getattr(usual, name, None)
        if isinstance(part, transformers.PreTrainedConfig):
            found[name] = shrink(type(part), vocabulary, overrides.get(name, {}))
            overrides = {key: value for key, value in overrides.items() if key != name}
    return {key: value for key, value in {**found, **overrides}.items() if value is not None}


def _parameters(kind: type) -> set[str]:
    return set(inspect.signature(kind.__init__).parameters)


def build_zoo(kind: str, head: str, *, seed: int = 0, scale: float = 0.2, **changes: Any) -> Any:
    """Return a tiny random model of the architecture *kind* with a *head* of ``HEADS``."""
    vocabulary = HEADS[head][1]
    ids: dict[str, Any] = {
        "pad_token_id": 0,
        "bos_token_id": 2,
        "eos_token_id": 1 if head == "ForSeq2SeqLM" else 3,
        "decoder_start_token_id": 0 if head == "ForSeq2SeqLM" or kind in {"t5", "mt5", "umt5"} else None,
    }
    if head == "ForCausalLM":
        ids = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": None, "is_decoder": True}
    if "Classification" in head:
        ids["num_labels"] = 3
    config_class = CONFIG_MAPPING[kind]
    overrides = {**_OVERRIDES.get(kind, {}), **changes}
    ids = {name: value for name, value in ids.items() if value is not None or name == "eos_token_id"}
    config = config_class(**{**ids, **shrink(config_class, vocabulary, overrides)})
    for key in ("pad_token_id", "eos_token_id", "bos_token_id"):
        for part in {id(c): c for c in (config, config.get_text_config())}.values():
            setattr(part, key, ids[key])
    auto = getattr(transformers, f"AutoModel{head}")
    with torch.device("meta"):
        size = sum(p.numel() for p in auto.from_config(config).parameters())
    if size > MOST:
        raise ValueError(f"{size:,} parameters")
    model = auto.from_config(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            if parameter.ndim > 1 or "sink" in path:
                parameter.normal_(0, scale, generator=generator)
    return model.float().eval()


def tokenizer_of(head: str) -> Any:
    """Return a tokenizer of the vocabulary that models with *head* have."""
    return {"ForCausalLM": byte_tokenizer, "ForSeq2SeqLM": ending_tokenizer}.get(head, word_tokenizer)()


def explain_zoo(loaded: Any, head: str, count: int) -> Any:
    """Return the explanation of about *count* tokens, more than the trials of a model have."""
    if head == "ForCausalLM":
        ids = random_ids(count)
        return loaded.explain(ids[:-3], output=ids[-3:])
    if head == "ForSeq2SeqLM":
        return loaded.explain(words_of(count - 6), output=words_of(4, seed=2))
    words = (_TEXT * 2).split()[: count - 4]
    if head == "ForMaskedLM":
        words[1] = words[-2] = "[MASK]"
    first = ("who lives in paris ?",) if head == "ForQuestionAnswering" else ()
    return loaded.explain(*first, " ".join(words))


def plain_logits(model: Any, ex: Any, head: str) -> tuple[torch.Tensor, Leaves]:
    """Return logits ``[steps, outputs]`` of the plain *model* and its embeddings, leaves of their graph."""
    takes = inspect.signature(model.forward).parameters
    # GPT-2 takes token types for words; Funnel and XLNet have two and do not say so.
    typed = getattr(model.config, "type_vocab_size", 0) > 1 or model.config.model_type in {"funnel", "xlnet"}
    both = "decoder_input_ids" in takes and not head.endswith(("CausalLM", "MaskedLM"))
    leaves = Leaves(head == "ForSeq2SeqLM")
    bodies = (model.get_encoder(), model.get_decoder()) if both else (model,)
    handles = [table.register_forward_hook(leaves.keep) for table in _tables(model, bodies)]
    ids, reading = torch.tensor([ex.tokens.ids]), ex.reading
    read = ids[:, : reading.n_inputs]
    try:
        with torch.enable_grad():
            if head == "ForSeq2SeqLM":
                source, target = read[:, : reading.n_source], read[:, reading.n_source :]
                output = model(input_ids=source, decoder_input_ids=target, use_cache=False)
            elif head == "ForCausalLM":
                output = model(input_ids=read, use_cache=False)
            else:
                two = len(reading.sections) == 3 and "token_type_ids" in takes and typed
                options: dict[str, Any] = {"token_type_ids": _kinds(reading)} if two else {}
                options |= {"use_cache": False} if "use_cache" in takes else {}
                output = model(input_ids=read, attention_mask=torch.ones_like(read), **options)
    finally:
        for handle in handles:
            handle.remove()
    if head == "ForQuestionAnswering":
        return _of_context(output, reading), leaves
    if head == "ForSequenceClassification":
        return output.logits.expand(reading.n_steps, -1), leaves
    rows = [ex.trace.position(step) - reading.n_source for step in range(reading.n_steps)]
    return output.logits[0, rows], leaves


def _tables(model: Any, bodies: Any) -> list[Any]:
    """Return the modules that embed the tokens of *bodies*: T5's encoder has one of its own, over the same weight."""
    own = [body.get_input_embeddings() for body in bodies]
    weights = [getattr(table, "weight", None) for table in own]

    def same(module: Any) -> bool:
        return isinstance(module, torch.nn.Embedding) and any(module.weight is weight for weight in weights)

    return [module for module in model.modules() if same(module) or any(module is table for table in own)]


def _kinds(reading: Any) -> torch.Tensor:
    """Return the token types ``[1, n]`` of two texts: 1 for the second."""
    return (torch.arange(reading.n_inputs) >= reading.sections[1].start).long()[None]


def _of_context(output: Any, reading: Any) -> torch.Tensor:
    """Return the logits of both ends of the answer: of the context, and of the first token, which means none."""
    context = reading.sections[1]
    allowed = torch.zeros(reading.n_inputs, dtype=torch.bool)
    allowed[context.start : context.end - 1] = allowed[0] = True  # without the last [SEP]
    return torch.cat([output.start_logits, output.end_logits]).masked_fill(~allowed, -torch.inf)


class Leaves:
    """The embeddings that a plain model made of its inputs, cut from the graph; *apart*: those of two texts."""

    def __init__(self, apart: bool) -> None:
        self._apart = apart
        self._values: list[torch.Tensor] = []
        self._ids: list[torch.Tensor] = []

    def keep(self, _module: Any, args: Any, output: Any) -> Any:
        """Cut the graph at *output*: a forward hook."""
        values, *rest = output if isinstance(output, tuple) else (output,)
        self._values.append(values.detach().requires_grad_())
        self._ids.append(args[0][0])
        return (self._values[-1] * 1, *rest) if rest else self._values[-1] * 1

    def gradients(self, score: torch.Tensor) -> torch.Tensor:
        """Return the gradients of *score* by input ``[n, d]``."""
        found = [gradient[0] for gradient in torch.autograd.grad(score, self._values)]
        if self._apart or len(found) == 1:
            return torch.cat(found)
        encoder, decoder = found  # the decoder reads each token one position later
        whole = encoder.clone()
        whole[:-1] += decoder[1:]
        if self._ids[1][0] == self._ids[0][-1]:
            whole[-1] += decoder[0]
        return whole


def plain_attention(model: Any, ex: Any) -> list[torch.Tensor]:
    """Return the attention ``[heads, n, n]`` of each layer that the plain *model* returns under eager attention."""
    # Made anew: merely to rename the attention of a model such as Falcon changes its logits.
    plain = type(model)._from_config(copy.deepcopy(model.config), attn_implementation="eager").float().eval()
    plain.load_state_dict(model.state_dict())
    with torch.no_grad():
        output = plain(torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]]), output_attentions=True)
    return [layer[0] for layer in getattr(output, "attentions", None) or () if layer is not None]
