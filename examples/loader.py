"""A loader: one list to one campaign, each job exactly once. Run it again if it was interrupted.

pip install 'predial[send]'
PREDIAL_TOKEN=... python loader.py contacts.csv out --host https://app.jaicp.com --region RU
"""

import argparse
import os
import sys
from pathlib import Path

import predial


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("--host", required=True)
    parser.add_argument("--region")
    asked = parser.parse_args()
    if not Path(asked.out, "manifest.json").exists():
        report = predial.prepare(asked.list, asked.out, region=asked.region, resume=True)
        print(report.verdict)
    sent = predial.send(asked.out, host=asked.host, token=os.environ["PREDIAL_TOKEN"])
    print(f"{sent.created} jobs were created, {len(sent.refused)} refused")
    if sent.stopped is not None:
        print(sent.stopped, file=sys.stderr)
    return 0 if sent.stopped is None else 1


if __name__ == "__main__":
    sys.exit(main())
