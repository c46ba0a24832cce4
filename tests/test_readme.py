"""The snippets of the README run, in order and in one namespace, as a reader would run them."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def test_there_are_snippets():
    assert len(SNIPPETS) >= 4


def test_the_output_of_the_quickstart_is_shown():
    shown = re.findall(r"```\n(The AND gate.*?)```", README.read_text(), flags=re.DOTALL)
    assert len(shown) == 1
    assert "SigmoidMLPRegressor" in shown[0]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_snippets_run(capsys):
    namespace = {}
    for snippet in SNIPPETS:
        exec(compile(snippet, str(README), "exec"), namespace)
    assert "Traceback" not in capsys.readouterr().out
