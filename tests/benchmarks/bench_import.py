"""What `import sknnbasics` costs beyond the modules of scikit-learn that it needs.

    python tests/benchmarks/bench_import.py

Each import runs in an interpreter of its own, in turn: ours, and the same modules of
other packages without ours. The median of the ratios is printed.
"""

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter

LIST_NEEDED = """
import sys
import sknnbasics
print(*(name for name in sys.modules if name.startswith(("sklearn.", "scipy.", "numpy."))))
"""


def seconds(program):
    start = perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    listing = subprocess.run(
        [sys.executable, "-c", LIST_NEEDED], capture_output=True, text=True, check=True
    )
    needed = listing.stdout.split()
    # importlib, because some names are no identifiers; the order is that of our import.
    others = f"from importlib import import_module\nfor name in {needed}: import_module(name)"
    ratios = [seconds("import sknnbasics") / seconds(others) for _ in range(rounds)]
    print(f"import sknnbasics / the {len(needed)} modules that it needs: {median(ratios):.3f}")


if __name__ == "__main__":
    main()
