"""The command `predial`: what to read, how to show it, and which status to end with.

The core gives every verdict. A module here is one command, or one thing that commands share.
"""

from __future__ import annotations

from predial.cli.outcome import CommandLine
from predial.cli.version import VERBOSE, VERSION

__all__ = ["commands", "main"]

commands = CommandLine(
    "predial",
    short_helps={
        "check": "Check lists; write no files.",
        "prepare": "Write request bodies and rejects to a directory.",
        "clean": "Write a list again with its phones and zones cleaned.",
        "when": "Say when a job will ring.",
        "forecast": "Say how many jobs of a list may ring in each hour.",
        "zone": "Check single time zones.",
        "phone": "Check single phone numbers.",
        "url": "Turn the URL of one job into a job, or a job into a URL.",
        "exclude": "Keep phones that are not to be called as a file.",
        "send": "Send prepared bodies, each exactly once.",
        "sandbox": "Answer the requests of the Calls API on this machine.",
        "rule": "List the rules, or explain one.",
        "report": "Write the launch preview of a prepared list.",
        "completion": "Let a shell complete commands and options.",
    },
    help="""Check lists of call jobs before they are sent to a voice campaign.

    Exit status: 0 if everything can be sent, 1 if something is rejected, 2 if the command could
    not do its work; 130 after Ctrl-C, 141 if nobody reads the output any more.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
VERSION(VERBOSE(commands))


def main() -> None:
    """Run the command line of this process, and end the process."""
    commands.main(prog_name="predial")
