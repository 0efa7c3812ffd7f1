"""Each option of a batch is the same in all places: name, default and values."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

import predial
import predial.cli.options
import predial.pandas
import predial.polars
import predial.spark
from predial import _batch, types
from predial.cli import commands, shell_words

Parameters = dict[str, inspect.Parameter]


def _options(function: Callable[..., Any]) -> Parameters:
    """The arguments of a function that are given by name, as its signature declares them."""
    parameters = inspect.signature(function).parameters
    return {name: it for name, it in parameters.items() if it.kind is it.KEYWORD_ONLY}


CHECK = _options(predial.check)
FORECAST = _options(predial.forecast)
CHECK_TABLE = _options(predial.check_table)
PREPARE = _options(predial.prepare)
CLEAN = _options(predial.clean)
#: The options about the output of `prepare`.
OUTPUT = {"max_jobs", "max_bytes", "run", "resume", "overwrite", "forget_sent"}
#: The options that are only for files, and not for a table of Arrow's.
OF_TEXT = {
    "input_format",
    "encoding",
    "sheet",
    "delimiter",
    "drop_empty",
    "header",
    "header_row",
}
#: The options that `predial.cli` has in its own form.
SHOWN = {"max_diagnostics", "progress"}


def test_check_and_prepare_declare_the_same() -> None:
    assert PREPARE.keys() == CHECK.keys() | OUTPUT
    assert FORECAST.keys() == CHECK.keys() | {"days", "lines", "seconds_per_call"}
    assert CLEAN.keys() == CHECK.keys() | {"keep", "overwrite"}
    assert CHECK_TABLE.keys() == CHECK.keys() - OF_TEXT
    for name, option in CHECK.items():
        for other in (PREPARE, CHECK_TABLE, FORECAST, CLEAN):
            if name in other:
                assert (other[name].default, other[name].annotation) == (
                    option.default,
                    option.annotation,
                ), name


def test_the_typed_dicts_have_the_same() -> None:
    of_jobs, of_tables, of_all = (
        set(declared.__annotations__)
        for declared in (types.JobOptions, types.TableOptions, types.Options)
    )
    assert of_jobs < of_tables == set(CHECK_TABLE)
    assert of_all == set(CHECK)
    for name, option in CHECK.items():
        declared = types.Options.__annotations__[name].__forward_arg__
        assert ast.dump(ast.parse(declared)) == ast.dump(ast.parse(option.annotation)), name


def test_what_the_core_takes_is_what_is_declared() -> None:
    given = {name: option.default for name, option in CHECK.items()}
    handed_over = _batch._options(given)
    # How messages name other rows is the command line's business, and no option.
    assert handed_over.keys() - {"names_lines"} == CHECK.keys() - {"progress"}


def _flags(command: str) -> dict[str, click.Parameter]:
    found = commands.get_command(click.Context(commands), command)
    assert found is not None
    parameters = found.params
    return {
        option.name: option
        for option in parameters
        if isinstance(option, click.Option) and option.name is not None
    }


@pytest.mark.parametrize(
    ("command", "options"), [("check", CHECK), ("prepare", PREPARE), ("clean", CLEAN)]
)
def test_the_command_line_has_them_all(command: str, options: Parameters) -> None:
    flags = _flags(command)
    # The last three are other ways to write repair=False, severity and exclude.
    of_shell = {"output_format", "show_all", "strict", "quiet", "max_rejects"}
    of_shell |= {"no_repair", "error", "after", "config", "no_config", "zone"}
    of_shell |= {"report_file", "lang", "show_phones", "docs"}
    assert flags.keys() - of_shell == options.keys()
    for name, option in options.items():
        flag = flags[name]
        if name == "severity":
            assert flag.opts == ["--ignore"]
            continue
        assert f"--{name.replace('_', '-')}" in flag.opts
        if name in SHOWN:
            continue
        default = _default(flag)
        assert (True if default == "sure" else default) == option.default, name
        if isinstance(flag.type, click.Choice):
            for value in flag.type.choices:
                assert repr(value) in str(option.annotation), name


def _default(flag: click.Parameter) -> object:
    """The value of an option that is left out. Click has a mark of its own for no value."""
    if isinstance(flag.default, (str, int, bool)):
        return flag.default
    is_switch = isinstance(flag, click.Option) and flag.is_flag and not flag.secondary_opts
    return False if is_switch else None


def test_single_phones_take_the_same_as_lists() -> None:
    flags, of_lists = _flags("phone"), _flags("check")
    for name in ("region", "prefer", "level"):
        assert flags[name].to_info_dict() == of_lists[name].to_info_dict()
        for function in (predial.normalize_phone, predial.is_phone, predial.check_phones):
            default = inspect.signature(function).parameters[name].default
            assert default == CHECK[name].default


@pytest.mark.parametrize("name", ["phone", "check_phone"])
def test_the_adapters_have_the_same_options_of_phones(name: str) -> None:
    functions: list[Callable[..., Any]] = [
        getattr(predial.pandas, name),
        getattr(predial.polars._Checks, name),
        getattr(predial.polars._Expressions, name),
    ]
    core = inspect.signature(predial.check_phones).parameters
    for function in functions:
        own = dict(inspect.signature(function).parameters)
        for option in ("region", "level", "prefer", "repair"):
            assert own[option].default == core[option].default
            assert own[option].kind == core[option].kind


def test_the_adapters_of_jobs_take_those_of_tables() -> None:
    for function in (
        predial.pandas.check,
        predial.polars._Checks.check,
        predial.polars._Expressions.check,
        predial.spark.check,
        predial.spark.prepare,
    ):
        parameters = inspect.signature(function).parameters
        [options] = [it for it in parameters.values() if it.kind is it.VAR_KEYWORD]
        kind = "JobOptions" if function.__module__ == "predial.spark" else "TableOptions"
        assert options.annotation == f"Unpack[{kind}]"


def test_the_manifest_says_by_which_options_a_list_was_prepared(tmp_path: Path) -> None:
    predial.prepare(b"[]", tmp_path, run="r")
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    # Threads, the report and the treatment of the directory do not change the files.
    of_no_file = {"threads", "progress", "max_diagnostics", "statistics"}
    of_no_file |= {"resume", "overwrite", "forget_sent"}
    known = {*manifest["options"], *manifest}
    assert PREPARE.keys() - known == of_no_file


def test_the_words_of_the_shell_cover_them() -> None:
    assert set(PREPARE) - {"progress"} <= set(shell_words._OPTIONS.split("|"))


def _declared_in_the_stub() -> dict[str, dict[str, object]]:
    """The arguments of each function of the core, with their defaults, as the stub has them."""
    stub = Path(predial.__file__).with_name("_core.pyi")
    found = {}
    for node in ast.parse(stub.read_text("utf-8")).body:
        public = getattr(predial, getattr(node, "name", ""), None)
        if isinstance(node, ast.FunctionDef) and inspect.isbuiltin(public):
            arguments = node.args
            positional = arguments.posonlyargs + arguments.args
            missing = [None] * (len(positional) - len(arguments.defaults))
            pairs = zip(
                positional + arguments.kwonlyargs,
                [*missing, *arguments.defaults, *arguments.kw_defaults],
                strict=True,
            )
            found[node.name] = {
                argument.arg: inspect.Parameter.empty
                if default is None
                else ast.literal_eval(default)
                for argument, default in pairs
            }
    return found


def test_the_stub_declares_what_the_core_has() -> None:
    declared = _declared_in_the_stub()
    assert len(declared) > 8
    for name, arguments in declared.items():
        signature = inspect.signature(getattr(predial, name))
        assert {it.name: it.default for it in signature.parameters.values()} == arguments, name
