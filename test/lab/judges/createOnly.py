"""Reads a list of CloudFormation's types as JSON from standard input; prints what cfn-lint's schema of each has, and what is fixed."""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def paths(pointers):
    return [pointer.removeprefix("/properties/") for pointer in pointers]


def form(name):
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
    return {
        "properties": list(schema["properties"]),
        "createOnly": paths(schema.get("createOnlyProperties", [])),
    }


json.dump({name: form(name) for name in json.load(sys.stdin)}, sys.stdout)
