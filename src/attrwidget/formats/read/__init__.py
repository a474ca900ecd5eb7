"""From files and other libraries' results to an explanation. Imports no other library."""
