"""A model that ``attrwidget serve`` holds, used from another process without torch."""
