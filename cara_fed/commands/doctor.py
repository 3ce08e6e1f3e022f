"""``cara-fed doctor``: is this instance well?"""

import json
from contextlib import aclosing
from dataclasses import asdict

from cara_fed.commands.common import Arguments, Subcommands, add_command, opened, say
from cara_fed.doctor.examine import examine, open_own_client
from cara_fed.doctor.findings import Finding, Verdict


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    help_text = "look at DNS, TLS, proxy, clock, WebFinger, signatures, media, workers, disk and backups"
    parser = add_command(subcommands, "doctor", help_text, run_doctor)
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON array")


async def run_doctor(arguments: Arguments) -> int:
    """Print what was found; 1 where anything is ill."""
    findings = []
    async with opened(arguments) as services:
        client = open_own_client(services)
        try:
            async with aclosing(examine(services, client)) as found:
                async for finding in found:
                    findings.append(finding)
                    if not arguments.json:
                        say(_describe(finding))
        finally:
            await client.aclose()
    if arguments.json:
        say(json.dumps([asdict(finding) for finding in findings]))
    return 1 if any(finding.verdict is Verdict.ILL for finding in findings) else 0


def _describe(finding: Finding) -> str:
    return f"{finding.verdict:8}{finding.name}: {finding.sentence}"
