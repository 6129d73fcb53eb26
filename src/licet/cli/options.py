"""Options that several commands take."""

from __future__ import annotations

import click

TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="Seconds to wait for workers."
)
ACTOR = click.option("--actor", help="Who does this; your name on this system if not given.")
YES = click.option("--yes", "-y", is_flag=True, help="Do not ask on a terminal.")
