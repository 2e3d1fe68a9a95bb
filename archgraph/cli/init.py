"""``archgraph init``: a small model to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from archgraph.cli.models import fail, write_or_fail
from archgraph.dsl.names import ID

_MODEL = """\
# yaml-language-server: $schema=archgraph.schema.json
archgraph: 1
id: {id}
name: {name}
owner: {id}-team
objectives: {{availability: 99.9%, rto: 4h, rpo: 1h}}

elements:
  users: {{type: EndUser}}
  prod:
    type: Account
    account_id: unknown                  # the 12 digits, once you have them
    environment: production
    regions:
      eu-west-1:
        api: {{type: ApiGatewayHttpApi, integrations: [handler]}}
        handler: {{type: LambdaFunction, runtime: python3.13, timeout: 10s, memory: 512MiB}}
        table: {{type: DynamoDbTable, billing: on_demand, point_in_time_recovery: true}}

flows:
  - users -> api: https
  - handler -> table: {{protocol: https, timeout: 2s}}

scenarios:
  place-order:
    steps:
      - users -> api: POST /orders
      - api -> handler: invoke
      - handler -> table: put item
      - users <- api: 201 Created
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a small model into FOLDER, with its JSON Schema for your editor.

    Nothing that exists is overwritten.
    """
    from archgraph.catalog.catalog import builtin
    from archgraph.dsl.load import MAIN_FILE
    from archgraph.dsl.schema import schema_text
    from archgraph.output import write_file

    target = folder / MAIN_FILE
    if target.exists():
        fail(f"{target} exists already")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-") or "my-app"
    if not ID.fullmatch(name):
        name = f"app-{name}"[:64].rstrip("-")
    text = _MODEL.format(id=name, name=name.replace("-", " ").capitalize())

    def write() -> None:
        from archgraph.output import OutputError

        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be made: {error.strerror}") from error
        write_file(target, text.encode())
        write_file(folder / "archgraph.schema.json", schema_text(builtin()).encode())

    write_or_fail(write)
    click.echo(f"{target}\nNow try: archgraph build {folder}")
