"""`runs.py` needs the shim loaded before it, so it is no module for pytest to import."""

collect_ignore = ["runs.py"]
