"""The docstrings of all public names, validated by numpydoc."""

import inspect

import pytest

import sknnbasics
from sknnbasics import functional

validate = pytest.importorskip("numpydoc.validate").validate

IGNORED = {
    "ES01": "a summary that says it all needs no second paragraph",
    "SA01": "See Also stands where another name serves the reader, not everywhere",
    "RT02": "'self : PerceptronClassifier' is how scikit-learn writes what fit returns",
}


def public_names():
    """Classes and functions, and of each class the methods that are the package's own."""
    for name in sknnbasics.__all__:
        value = getattr(sknnbasics, name)
        if not inspect.ismodule(value):
            yield f"sknnbasics.{name}"
        if inspect.isclass(value):
            yield from (f"sknnbasics.{name}.{method}" for method in own_methods(value))
    yield from (f"sknnbasics.functional.{name}" for name in functional.__all__)


def own_methods(cls):
    ours = [base for base in cls.__mro__ if base.__module__.startswith("sknnbasics.")]
    for name in (name for base in ours for name in vars(base)):
        # scikit-learn makes the set_…_request methods, and writes their docstrings;
        # the onnx_… methods are called by skl2onnx and by nobody else.
        if not name.startswith(("_", "set_", "onnx_")) and callable(getattr(cls, name)):
            yield name


NAMES = list(public_names())


def test_the_names_are_found():
    assert len(NAMES) > 25
    assert "sknnbasics.SigmoidMLPRegressor.partial_fit" in NAMES
    assert "sknnbasics.SigmoidMLPRegressor.predict" in NAMES
    assert "sknnbasics.LossCurveDisplay.from_estimator" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_is_numpydocs(name):
    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code not in IGNORED]
    assert errors == []


@pytest.mark.parametrize("code", IGNORED)
def test_what_is_ignored_occurs(code):
    assert any(code == error for name in NAMES for error, _ in validate(name)["errors"])


def test_the_functions_module_says_what_it_is():
    assert functional.__doc__.startswith("The article's mathematics")
