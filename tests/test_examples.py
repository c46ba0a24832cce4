"""Every example runs alone, to the end, and with public names only."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sknnbasics

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))
PUBLIC = {"sknnbasics": sknnbasics.__all__, "sknnbasics.functional": sknnbasics.functional.__all__}
# rich draws the progress bar of scikit-learn, which imports it by itself.
OPTIONAL = {
    "plot_06_cost_surface": ["plotly"],
    "plot_11_pipeline_grid_search": ["rich"],
}

# Run by tests of their own, on little data.
RUN_ELSEWHERE = {"distributed_gradient_descent", "distributed_search", "out_of_core"}

every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def test_the_gallery_is_numbered_without_gaps():
    """The article first, then practice; what is no essay lies beside the two folders."""
    essays = [path for path in EXAMPLES if path.stem.startswith("plot_")]
    assert [path.parent.name for path in essays] == ["article"] * 8 + ["practice"] * 6
    numbers = [int(path.stem.split("_")[1]) for path in essays]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "path", [p for p in EXAMPLES if p.stem not in RUN_ELSEWHERE], ids=lambda path: path.stem
)
def test_an_example_runs(path, tmp_path):
    drawing = ["matplotlib"] if path.stem.startswith("plot_") else []
    for library in [*drawing, *OPTIONAL.get(path.stem, [])]:
        pytest.importorskip(library)
    done = subprocess.run(
        [sys.executable, str(path)],
        env=os.environ | {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", [p for p in EXAMPLES if p.stem.startswith("plot_")], ids=lambda path: path.stem
)
def test_an_example_of_the_gallery_links_to_the_page_it_serves(path):
    title = path.read_text(encoding="utf-8").split('"""')[1]
    assert re.search(r":doc:`/(tutorial|guide)/\w+`", title)


@every_example
def test_an_example_uses_public_names_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "sknnbasics":
            assert {alias.name for alias in node.names} <= set(PUBLIC[node.module])
        elif isinstance(node, ast.Import):
            ours = {alias.name for alias in node.names if alias.name.startswith("sknnbasics")}
            assert ours <= set(PUBLIC)
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_") or node.attr.startswith("__")
