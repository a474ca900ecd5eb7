"""One place for each kind of model: how it is found, encoded, explained, traced and tried."""
