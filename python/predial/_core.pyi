PLAN_VERSION: str
__version__: str

# For predial's own tests: the bare numbering plan.
def plan_verdicts(
    numbers: list[str],
) -> list[tuple[int, str | None, str | None, str, bool]]: ...
def plan_parse(
    dialled: list[tuple[str, bool, str | None]],
) -> list[tuple[int, str] | str]: ...
def plan_time_zones(numbers: list[str]) -> list[list[str]]: ...
