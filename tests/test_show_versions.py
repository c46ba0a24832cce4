"""What show_versions prints."""

import numpy as np
from threadpoolctl import threadpool_info

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


def test_names_the_kernels_of_blas(capsys):
    sknnbasics.show_versions()
    line = capsys.readouterr().out.splitlines()[2]
    assert line.startswith("BLAS ")
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    assert libraries or "unknown" in line
    for library in libraries:
        assert f"{library['version']} {library.get('architecture', '')}".strip() in line


def test_says_that_it_knows_no_blas(capsys, monkeypatch):
    monkeypatch.setattr("threadpoolctl.threadpool_info", lambda: [])
    sknnbasics.show_versions()
    assert capsys.readouterr().out.splitlines()[2].split() == ["BLAS", "unknown"]
