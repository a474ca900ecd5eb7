"""The reading interface that live, saved and imported explanations share."""
