"""Validates SARIF logs: by the JSON Schema, and that each place that is named exists.

usage: validate.py SCHEMA FOLDER LOG...
"""

import json
import pathlib
import sys
import urllib.parse

import jsonschema


def main(schema_path, folder, *logs):
    schema = json.loads(pathlib.Path(schema_path).read_text())
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    validator = validator(schema, format_checker=validator.FORMAT_CHECKER)
    # A validator that lets anything pass would prove nothing.
    assert not validator.is_valid({"version": "2.1.0"}), "the schema asks for nothing"
    results = 0
    for path in logs:
        log = json.loads(pathlib.Path(path).read_text())
        problems = [error.message for error in validator.iter_errors(log)]
        assert not problems, f"{path}: {problems}"
        for run in log["runs"]:
            rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
            for result in run["results"]:
                assert rules[result["ruleIndex"]] == result["ruleId"], result
                check_place(pathlib.Path(folder), result["locations"][0]["physicalLocation"])
                results += 1
    assert results >= len(rules) - 1, f"only {results} results"
    print(f"{len(logs)} logs with {results} results are valid SARIF")


def check_place(folder, place):
    """A file of the folder, and a range in it."""
    uri = place["artifactLocation"]["uri"]
    if urllib.parse.urlsplit(uri).scheme:
        assert uri.startswith("file:///"), uri
        return
    path = folder / urllib.parse.unquote(uri)
    if not path.exists():
        assert path.name == "nowhere.yaml", uri
        return
    lines = path.read_text(errors="replace").splitlines() or [""]
    region = place["region"]
    start = (region["startLine"], region["startColumn"])
    end = (region["endLine"], region["endColumn"])
    assert (1, 1) <= start <= end, (uri, region)
    assert end[0] <= len(lines) and end[1] <= len(lines[end[0] - 1]) + 1, (uri, region)


if __name__ == "__main__":
    main(*sys.argv[1:])
