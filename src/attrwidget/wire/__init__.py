"""What a served model's server and its clients say to each other: recipes, calls, values."""
