"""`predial completion`: a script that lets a shell complete commands, options and rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]

#: What click looks for in the environment, made from the name of the command.
_VARIABLE = "_PREDIAL_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Write a script with which SHELL completes predial's commands and options.

    \b
    bash (4.4 or later), in ~/.bashrc:
        eval "$(predial completion bash)"
    zsh, in ~/.zshrc:
        eval "$(predial completion zsh)"
    fish, once:
        predial completion fish > ~/.config/fish/completions/predial.fish
    """
    from predial.cli import commands

    completion = get_completion_class(shell)
    assert completion is not None, "click knows these shells"
    script = completion(commands, {}, "predial", _VARIABLE)
    # Not `script.source()`: for bash it starts one to ask for its version, and fails without it.
    click.echo(script.source_template % script.source_vars())
