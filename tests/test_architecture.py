"""The floors of the package: imports point downward, and optional libraries stay optional."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sknnbasics

PACKAGE = Path(sknnbasics.__file__).parent
FLOORS = {
    "_compat": 0,
    "_activations": 0,
    "_perceptron_rule": 1,
    "_backprop": 1,
    "_optimizers": 1,
    "_stopping": 1,
    "_output_range": 1,
    "_penalty": 1,
    "_training": 1,
    "functional": 1,
    "_validation": 2,
    "_perceptron": 2,
    "_mlp": 2,
    "_show_versions": 2,
    "_displays": 3,
    "_onnx": 3,
    "__init__": 4,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    """Name of the top-level module or folder that `path` belongs to."""
    return Path(path).relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path):
    """Absolute names of all modules that the file imports, wherever in it."""
    package = ["sknnbasics", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parts = [*base, *(node.module or "").split(".")]
            stem = ".".join(part for part in parts if part)
            yield stem
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downward(path):
    floor = FLOORS[name_of(path)]
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "sknnbasics" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS[parts[1]] <= floor, f"{path.name} imports {module} from a higher floor"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_floors_0_and_1_know_no_scikit_learn(path):
    if FLOORS[name_of(path)] <= 1 and name_of(path) != "_compat":
        assert not [module for module in imported(path) if module.split(".")[0] == "sklearn"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_private_helpers_of_scikit_learn_live_in_compat_alone(path):
    if name_of(path) != "_compat":
        private = [
            module
            for module in imported(path)
            if module.startswith("sklearn.")
            and any(part.startswith("_") for part in module.split("."))
        ]
        assert private == []


def test_import_asks_for_numpy_scipy_and_scikit_learn_alone():
    """What our modules ask for; scikit-learn itself loads pandas and others where they are."""
    program = """
import builtins
original, asked = builtins.__import__, set()

def recording(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and (globals or {}).get("__name__", "").startswith("sknnbasics"):
        asked.add(name.partition(".")[0])
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = recording
import sknnbasics
print(*asked)
"""
    asked = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert set(asked) - sys.stdlib_module_names == {"numpy", "scipy", "sklearn"}
