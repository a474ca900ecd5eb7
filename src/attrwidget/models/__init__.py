"""Models as the rest of the package sees them: loaded, frozen while in use, and left as they were."""
