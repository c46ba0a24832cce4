"""Print the pre-releases among what we depend on; exit with 1 where there is none."""

import sys
from importlib.metadata import version

from packaging.version import Version

versions = {name: version(name) for name in ("numpy", "scipy", "scikit-learn")}
newer = {name: v for name, v in versions.items() if Version(v).is_prerelease}
print(*(f"{name} {v}" for name, v in newer.items()), sep="\n")
sys.exit(not newer)
