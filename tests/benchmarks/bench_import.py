"""What `import sknnbasics` costs beyond the modules that it needs.

    python tests/benchmarks/bench_import.py

Each import runs in an interpreter of its own, in turn: that of the modules of NumPy,
SciPy and scikit-learn that the package asks for, that of the package alone, and that of
the package after these modules. Printed are medians of the processor time relative to
the first.

CPython keeps the frames of running calls in chunks of 16 KiB. If a call that is repeated in
a loop just begins a new chunk, the chunk is mapped and unmapped each time: depending on how
deep the import statement lies, the same modules take up to 5 % longer (7000 such mappings
instead of 2000, in CPython 3.11). So each round imports at another depth, all three alike.
"""

import argparse
import resource
import subprocess
import sys
from statistics import median

LIST_NEEDED = """
import builtins
original, asked = builtins.__import__, []

def recording(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and (globals or {}).get("__name__", "").startswith("sknnbasics"):
        asked.append(name)
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = recording
import sknnbasics
needed = (name for name in asked if name.split(".")[0] in ("numpy", "scipy", "sklearn"))
print(*dict.fromkeys(needed), sep=", ")
"""


AT_DEPTH = """
def descend(depth):
    if depth:
        return descend(depth - 1)
    {statement}
descend({depth})
"""


def processor_seconds(statement, depth):
    program = AT_DEPTH.format(statement=statement, depth=depth)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    listed = subprocess.run(
        [sys.executable, "-c", LIST_NEEDED], check=True, capture_output=True, text=True
    )
    modules = f"import {listed.stdout.strip()}"
    statements = [modules, "import sknnbasics", f"{modules}; import sknnbasics"]
    times = [[processor_seconds(s, depth=5 * (i % 40)) for s in statements] for i in range(rounds)]
    print(f"the modules that sknnbasics names: {median(first for first, *_ in times):.2f} s")
    print(f"sknnbasics alone: {median(alone / first for first, alone, _ in times):.3f} of it")
    print(f"sknnbasics after them: {median(after / first for first, _, after in times):.3f} of it")


if __name__ == "__main__":
    main()
