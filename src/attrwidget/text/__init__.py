"""Text and token ids: what a prompt, a chat and a token are. Knows tokenizers, and no model."""
