"""What ``load`` returns: one class for each kind of model, each with the ``explain`` that suits it."""
