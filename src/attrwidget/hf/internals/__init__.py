"""The one door to private or undocumented parts of Transformers, Accelerate, bitsandbytes and torch."""
