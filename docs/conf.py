"""How Sphinx builds the documentation: ``sphinx-build -W -n docs docs/_build/html``."""

import sys
from pathlib import Path

from plotly.offline import get_plotlyjs

import sknnbasics

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "sknnbasics"
version = release = sknnbasics.__version__
project_copyright = "the authors of sknnbasics"
exclude_patterns = ["_build", "_ext", "_templates", "examples"]
templates_path = ["_templates"]
nitpicky = True
default_role = "literal"
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "gallery",
    "directives",
]

# What the pages ask for lies beside them, so that they can be read offline: MathJax in
# _static, plotly.js in a folder of the build, as plotly brings it.
built_static = HERE / "_build" / "static"
built_static.mkdir(parents=True, exist_ok=True)
(built_static / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
mathjax_path = "mathjax/tex-svg.js"


# The names of scikit-learn that the pages refer to, in a text file: a build needs no network.
intersphinx_mapping = {"sklearn": ("https://scikit-learn.org/stable/", "scikit-learn.inv")}

autodoc_default_options = {"member-order": "bysource"}
maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False

plot_html_show_source_link = False
plot_html_show_formats = False
plot_formats = [("png", 160)]
plot_rcparams = {"figure.figsize": (6.4, 4.0), "font.size": 11}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"^(?!plot_)",  # the other scripts are no essays
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("sknnbasics",),
    "backreferences_dir": "api/backreferences",
    "default_thumb_file": str(HERE / "_static" / "thumbnail.png"),
    "ignore_repr_types": r"matplotlib|Display|SearchCV",
    "image_scrapers": ("gallery.figures",),
    "thumbnail_size": (640, 420),
    "write_computation_times": False,
    "min_reported_time": float("inf"),  # of the machine that builds the pages
    "show_signature": False,
    "download_all_examples": False,
    "remove_config_comments": True,
}

html_theme = "pydata_sphinx_theme"
html_title = project
html_logo = html_favicon = "_static/logo.svg"
html_static_path = ["_static", str(built_static)]
html_css_files = ["custom.css"]
html_js_files = ["copy.js", "moving.js"]
html_sidebars = {page: [] for page in ("index", "performance", "contributing", "changelog")}
html_show_sourcelink = html_copy_source = False
html_theme_options = {
    "logo": {"text": project},
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "auto"}
