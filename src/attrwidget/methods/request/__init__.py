"""Turn what a user asks of a method into a request (target, foil, units), and keep and describe its scores."""
