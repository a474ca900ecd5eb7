"""All that touches Transformers: loading, exclusive use, the attention interface, generation."""
