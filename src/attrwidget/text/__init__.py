"""Text and token ids of prompts and chats. Uses tokenizers, and no model."""
