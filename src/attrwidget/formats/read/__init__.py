"""Read explanations from files and other libraries' results, without importing those libraries."""
