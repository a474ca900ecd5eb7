"""What is asked of a method: target function, foil, units, and the scores that are kept."""
