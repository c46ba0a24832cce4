"""The pictures of the gallery: one resolution, and words that say what is seen."""

import json
import re
from pathlib import Path

import plotly.io as pio
from directives import moving_html
from plotly.io.base_renderers import MimetypeRenderer
from sphinx_gallery.scrapers import matplotlib_scraper

DPI = 160
SEEN = json.loads((Path(__file__).parent / "gallery.json").read_text(encoding="utf-8"))


def figures(block, block_vars, gallery_conf):
    """The figures of matplotlib, each with its text out of `gallery.json`."""
    images = matplotlib_scraper(block, block_vars, gallery_conf, dpi=DPI)

    def described(match):
        return f"{match[1]}{SEEN[match[3]][int(match[4]) - 1]}{match[2]}"

    pattern = r"(:alt: ).*(\n(?:.*\n)*?.*/sphx_glr_(plot_\w+)_(\d{3})\.png)"
    return re.sub(pattern, described, images)


class LocalPlotly(MimetypeRenderer):
    """A figure of plotly as a moving picture: `layout.meta` is the text, frames are steps."""

    def to_mimebundle(self, fig_dict):
        figure = json.loads(pio.to_json(fig_dict, validate=False))
        layout = figure["layout"]
        meta = layout.pop("meta")
        recording = {
            "step": meta.get("step", ""),
            "height": layout.pop("height", 420),
            "narrow_height": meta.get("narrow_height", 280),
            "interval": meta.get("interval", 350),
            "traces": figure["data"],
            "layout": layout,
        }
        if figure.get("frames"):
            frames = [
                {"label": frame["name"], "traces": {}, "layout": frame["layout"]}
                for frame in figure["frames"]
            ]
            recording["variants"] = [{"name": "", "frames": frames}]
        fallback = f"<noscript><p>{meta['alt']}</p></noscript>"
        return {"text/html": moving_html(recording, meta["alt"], fallback)}


def setup(app):
    pio.renderers["local"] = LocalPlotly()
    pio.renderers.default = "local"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
