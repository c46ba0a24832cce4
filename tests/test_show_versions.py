"""What show_versions prints."""

import numpy as np

import sknnbasics
from sknnbasics import _network, _units


def test_names_the_body_in_use_and_the_dependencies(capsys):
    sknnbasics.show_versions()
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()[2:])
    assert lines["numpy"] == np.__version__
    assert {"python", "scipy", "scikit-learn"} <= lines.keys()


def test_first_lines_are_the_bodies(capsys):
    sknnbasics.show_versions()
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.split() == ["perceptron", "rule", _units.BODY]
    assert second.split() == ["backpropagation", _network.BODY]
