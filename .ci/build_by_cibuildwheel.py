"""Print the command that builds the wheel as cibuildwheel would, which needs containers."""

import tomllib
from shlex import quote

with open("pyproject.toml", "rb") as file:
    settings = tomllib.load(file)["tool"]["cibuildwheel"]
print(
    "env",
    *(f"{name}={quote(value)}" for name, value in settings["environment"].items()),
    "python -m build --wheel",
    *(quote(f"-C{name}={value}") for name, value in settings["config-settings"].items()),
)
