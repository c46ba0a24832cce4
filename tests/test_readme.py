"""Each snippet of the README runs alone, pasted into a fresh namespace, and prints what it says."""

import re
import warnings
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


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_each_snippet_runs_alone_and_prints_what_it_says(snippet, capsys):
    with warnings.catch_warnings():
        if "check_estimator" in snippet:  # its fits of a few epochs warn, and skipped checks do
            warnings.simplefilter("ignore")
        exec(compile(snippet, str(README), "exec"), {"__name__": "snippet"})
    promised = re.findall(r"print\(.*\)  # (?:equation \(\d\): )?(.+)", snippet)
    assert capsys.readouterr().out.splitlines() == promised
