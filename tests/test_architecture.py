"""The floors of the package: imports point downward, and optional libraries stay optional."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sknnbasics

PACKAGE = Path(sknnbasics.__file__).parent

# From the ground up. A room, which is a file or a folder, asks those on lower floors only: the
# step units know nothing of the network, nor one estimator of the other.
FLOORS = [
    ["_compat"],
    ["_arrays", "_callbacks", "_curves", "_files", "_threads", "_warnings"],
    ["_activations", "_validation"],
    ["_units", "_network"],
    ["functional", "_mlp_input", "_perceptron_input"],
    ["_fitted_network"],
    ["_perceptron", "_mlp", "_show_versions"],
    ["_displays", "_onnx"],
    ["__init__"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
KNOW_SCIKIT_LEARN = {
    "_compat",
    "_arrays",
    "_validation",
    "_perceptron",
    "_perceptron_input",
    "_mlp_input",
    "_fitted_network",
    "_mlp",
    "_displays",
    "_onnx",
    "__init__",
}
MODULES = sorted(PACKAGE.rglob("*.py"))

every_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES]
)


def room_of(path):
    """Name of the top-level file or folder that `path` belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def tree_of(path):
    return ast.parse(path.read_text())


def imported(path, tree=None):
    """Absolute names of all that the file, or a part of its tree, imports, wherever in it."""
    package = ["sknnbasics", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree or tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = [*base, *filter(None, [node.module])]
            yield from (".".join([*stem, alias.name]) for alias in node.names)


def rooms_asked_by(path):
    """The rooms that the file imports from; what is public is had from the top floor."""
    for module in imported(path):
        package, _, name = module.partition(".")
        room = name.split(".")[0]
        if package == "sknnbasics":
            yield room if room in FLOOR_OF else "__init__"


def of_scikit_learn(modules):
    return [module for module in modules if module.split(".")[0] == "sklearn"]


def test_every_room_has_one_floor():
    assert len(FLOOR_OF) == sum(map(len, FLOORS))
    assert FLOOR_OF.keys() == {room_of(path) for path in MODULES}


@every_module
def test_imports_point_downward(path):
    here = room_of(path)
    for room in set(rooms_asked_by(path)) - {here}:
        assert FLOOR_OF[room] < FLOOR_OF[here], f"{here} asks {room}, which is not below it"


@every_module
def test_who_knows_scikit_learn(path):
    if room_of(path) not in KNOW_SCIKIT_LEARN:
        assert of_scikit_learn(imported(path)) == []


@every_module
def test_private_helpers_of_scikit_learn_live_in_compat_alone(path):
    if room_of(path) != "_compat":
        private = [module for module in of_scikit_learn(imported(path)) if "._" in module]
        assert private == []


@every_module
def test_versions_of_scikit_learn_are_told_apart_in_compat_alone(path):
    tried = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Try)]
    optional = [name for node in tried for name in of_scikit_learn(imported(path, node))]
    assert bool(optional) == (room_of(path) == "_compat")


def displays_in(path):
    """Names of the displays that the file defines."""
    classes = [node.name for node in tree_of(path).body if isinstance(node, ast.ClassDef)]
    return [name for name in classes if name.endswith("Display")]


def test_each_display_has_a_file_that_no_other_asks():
    files = [path for path in MODULES if room_of(path) == "_displays" and path.stem != "__init__"]
    homes = {display: path.stem for path in files for display in displays_in(path)}
    assert len(set(homes.values())) == len(homes) == 3
    closed = {f"sknnbasics._displays.{name}" for name in [*homes, *homes.values()]}
    for path in files:
        asked = [name for name in imported(path) if {name, name.rpartition(".")[0]} & closed]
        assert asked == [], f"{path.stem} asks another display"


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


def bodies(tree):
    """Each function but __init__, with its number of lines, the docstring aside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            statements = node.body[1:] if ast.get_docstring(node) else node.body
            if statements:
                yield node.name, statements[-1].end_lineno - statements[0].lineno + 1


@every_module
def test_bodies_and_files_are_short(path):
    source = path.read_text()
    assert {name: n for name, n in bodies(ast.parse(source)) if n > 35} == {}
    docstrings = sum(
        (ast.get_docstring(node, clean=False) or "").count("\n")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    )
    assert len(source.splitlines()) - docstrings <= 700


def test_no_file_of_the_tests_is_longer_than_900_lines():
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in Path(__file__).parent.rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > 900} == {}
