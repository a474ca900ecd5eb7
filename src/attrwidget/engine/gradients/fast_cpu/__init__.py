"""Backward passes written by hand for a CPU: attention, and linear layers that skip rows with a zero gradient."""
