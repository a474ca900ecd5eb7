"""Write explanations as files and as other libraries' results."""
