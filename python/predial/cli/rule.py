"""`predial rule`: the rules, all in a table or one in full."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

import predial
from predial.cli.options import OUTPUT_FORMAT
from predial.cli.printing import of_severity, say, say_json, say_table

FIELDS = ("name", "severity", "service_type", "message", "remedy", "why", "before", "after")


def _names_that_begin(_: click.Context, __: click.Parameter, begin: str) -> list[str]:
    return [rule.name for rule in predial.rules() if rule.name.startswith(begin)]


@click.command("rule")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=_names_that_begin)
@OUTPUT_FORMAT
def command(name: str | None, output_format: str) -> None:
    """List the rules, or explain the rule NAME with an example.

    docs/rules.md has the same for all rules.
    """
    rules = predial.rules()
    if name is not None:
        rules = [_named(name, rules)]
    if output_format == "json":
        say_json([_fields(rule) for rule in rules], indent=2)
    elif output_format == "ndjson":
        for rule in rules:
            say_json(_fields(rule))
    elif name is not None:
        _explain(rules[0])
    else:
        say_table((rule.name, of_severity(rule.severity), rule.message) for rule in rules)


def _named(name: str, rules: list[predial.Rule]) -> predial.Rule:
    for rule in rules:
        if rule.name == name:
            return rule
    near = get_close_matches(name.lower(), [rule.name for rule in rules])
    meant = f" Did you mean {' or '.join(near)}?" if near else " predial rule lists all."
    raise click.UsageError(f"There is no rule {name!r}.{meant}")


def _explain(rule: predial.Rule) -> None:
    say(f"{rule.name} ({of_severity(rule.severity)})")
    say()
    say(f"{rule.message[:1].upper()}{rule.message[1:]}; {rule.remedy}.")
    say()
    say(rule.why)
    say()
    say(f"  before  {rule.before}")
    say(f"  after   {rule.after}")
    if rule.service_type is not None:
        say()
        say(f"The service refuses the whole request with {rule.service_type}.")


def _fields(rule: predial.Rule) -> dict[str, Any]:
    return {field: getattr(rule, field) for field in FIELDS}
