"""The documentation site: ``make docs`` writes it to ``site/``, which opens from the disk without a network."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts" / "site"))

project = "attrwidget"
copyright = "the attrwidget authors"  # noqa: A001 - Sphinx's name
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "live_pages"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}

html_theme = "furo"
html_title = "attrwidget"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("frames.js", {"defer": "defer"})]
html_show_sourcelink = False
html_copy_source = False
templates_path = ["_templates"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_use_rtype = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Notebooks and pages run while the site is made, unless only its text is checked.
runs = os.environ.get("ATTRWIDGET_SITE_RUNS", "true") == "true"
nb_execution_mode = "force" if runs else "off"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # scripts of a network; widgets are shown as offline pages
suppress_warnings = ["mystnb.unknown_mime_type"]  # what records an answer shows nothing
