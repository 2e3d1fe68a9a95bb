"""The JSON Schema: valid draft 7, and a fair judge of models as an editor reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from archgraph.catalog.catalog import builtin
from archgraph.dsl.load import load
from archgraph.dsl.schema import schema, schema_text

ROOT = Path(__file__).parents[2]
MODELS = sorted(
    path
    for folder in (ROOT / "models", ROOT / "tests" / "models")
    for path in folder.glob("**/*.yaml")
    if path.is_file()
)
SCHEMA = schema(builtin())
VALIDATOR = Draft7Validator(SCHEMA)


class EditorLoader(yaml.CSafeLoader):
    """Reads YAML as editors do, by the core schema of YAML 1.2: no dates, no octal, no sexagesimal, no `yes`."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def errors(text: str, validator: Draft7Validator = VALIDATOR) -> list[str]:
    data: Any = yaml.load(text, Loader=EditorLoader)  # noqa: S506 (a safe loader)
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(data)]


def test_the_schema_is_draft_7() -> None:
    Draft7Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_every_definition_that_is_named_is_there() -> None:
    named = set(re.findall(r"#/definitions/([A-Za-z0-9_-]+)", schema_text(builtin())))

    assert named <= SCHEMA["definitions"].keys()


def test_every_type_and_every_property_is_described() -> None:
    for kind in builtin():
        definition = SCHEMA["definitions"][kind.name]
        assert definition["description"]
        for name, prop in kind.properties.items():
            assert definition["properties"][name]["description"] == prop.description


def test_the_text_of_the_schema_is_the_same_each_time() -> None:
    assert schema_text(builtin()) == schema_text(builtin())
    assert json.loads(schema_text(builtin())) == SCHEMA


def test_own_types_are_in_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "architecture.yaml"
    path.write_text(
        "archgraph: 1\nid: shop\ntypes:\n  TideGauge: {service: Harbour, title: Tide gauge, category: External,"
        " description: Measures., source: x, places: [model],"
        " properties: {level: {kind: number, description: How high}}}\n"
    )
    model = load(path).model
    assert model is not None

    definitions = schema(model.catalog)["definitions"]

    assert definitions["TideGauge"]["properties"]["level"]["description"] == "How high"
    assert "TideGauge" in definitions["element"]["properties"]["type"]["enum"]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_valid_model_is_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "\ntypes:" not in text:
        assert errors(text) == []
        return
    model = load(path).model
    assert model is not None
    assert errors(text, Draft7Validator(schema(model.catalog))) == []


HEAD = "archgraph: 1\nid: shop\n"
MISTAKES = {
    "no version": "id: shop\n",
    "another version": "archgraph: 2\nid: shop\n",
    "an unknown section": HEAD + "resources: {}\n",
    "elements as a list": HEAD + "elements: []\n",
    "an element without a type": HEAD + "elements: {a: {title: A}}\n",
    "an unknown type": HEAD + "elements: {a: {type: Buckett}}\n",
    "an unknown property": HEAD + "elements: {a: {type: S3Bucket, verzioning: true}}\n",
    "an unknown property of a nested element": HEAD
    + "elements: {p: {type: Account, contains: {r: {type: IamRole, x: 1}}}}\n",
    "an unknown property in a Region": HEAD
    + "elements: {p: {type: Account, regions: {eu-west-1: {q: {type: SqsQueue, x: 1}}}}}\n",
    "a word that is not allowed": HEAD + "elements: {a: {type: DataAsset, classification: secret}}\n",
    "a text for a boolean": HEAD + "elements: {a: {type: S3Bucket, versioning: 'yes'}}\n",
    "a text for an integer": HEAD + "elements: {a: {type: AutoScalingGroup, min: two}}\n",
    "a text for a list": HEAD + "elements: {a: {type: SnsTopic, subscriptions: mail}}\n",
    "a list for one id": HEAD + "elements: {a: {type: SqsQueue, kms_key: [key]}}\n",
    "an unknown property of a relationship": HEAD
    + "elements: {a: {type: SqsQueue, dead_letter_queue: {to: dlq, max_recieves: 3}}}\n",
    "an unknown property of a part": HEAD
    + "elements: {a: {type: ApplicationLoadBalancer, listeners: [{port: 443, cert: x}]}}\n",
    "a record without what it needs": HEAD + "elements: {a: {type: LambdaFunction, function_url: {}}}\n",
    "a part as an element": HEAD + "elements: {l: {type: Listener, port: 443}}\n",
    "an id with a space": HEAD + "elements: {'my queue': {type: SqsQueue}}\n",
    "an id of the model with a space": "archgraph: 1\nid: my shop\n",
    "a flow without an arrow": HEAD + "flows: [a to b]\n",
    "an unknown property of a flow": HEAD + "flows: [{a -> b: {time: 3s}}]\n",
    "an unknown kind of flow": HEAD + "flows: [{a -> b: {kind: call}}]\n",
    "an unknown protocol": HEAD + "flows: [{a -> b: carrier-pigeon}]\n",
    "a scenario without steps": HEAD + "scenarios: {s: {title: S}}\n",
    "a waiver without an end": HEAD
    + "waivers: [{rule: r, elements: [a], reason: x, owner: y, accepted: 2026-10-01}]\n",
    "an answer that is none": HEAD
    + "attestations: [{practice: OPS02-BP01, answer: maybe, owner: y, date: 2026-10-01, expires: 2027-01-01}]\n",
    "a use with properties": HEAD + "elements: {a: {use: p, title: A}}\n",
    "an unknown key of a pattern": HEAD + "patterns: {p: {params: {}}}\n",
    "an unknown type of a parameter": HEAD + "patterns: {p: {parameters: {x: string}}}\n",
    "an include as a text": HEAD + "include: base.yaml\n",
    "a change that is neither": HEAD + "change: {a: delete}\n",
    "an effect that is none": HEAD + "elements: {a: {type: IamRole, policies: [{permit: s3:GetObject}]}}\n",
    "an unknown objective": HEAD + "objectives: {uptime: 99%}\n",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_while_writing(name: str) -> None:
    assert errors(MISTAKES[name])
