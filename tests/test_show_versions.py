"""What show_versions prints."""

import numpy as np

import sknnbasics
from sknnbasics._units import BODY


def test_names_the_body_in_use_and_the_dependencies(capsys):
    sknnbasics.show_versions()
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()[1:])
    assert lines["numpy"] == np.__version__
    assert {"python", "scipy", "scikit-learn"} <= lines.keys()


def test_first_line_is_the_body(capsys):
    sknnbasics.show_versions()
    assert capsys.readouterr().out.splitlines()[0].split() == ["perceptron", "rule", BODY]
