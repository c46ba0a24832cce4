"""Benchmarks are scripts: pytest leaves them alone, their doctests too."""

collect_ignore_glob = ["bench_*.py"]
