"""Methods computed by other libraries, which are imported when they are used."""
