"""Holds definitions against the schema: those that pass `lint`, and some that are wrong.

usage: validate.py SCHEMA REPOSITORY
"""

import copy
import json
import pathlib
import sys

import jsonschema
import yaml

# What is done to a definition of the catalogue, and must be noticed.
WRONG = {
    "an unknown key": lambda d: d.update(titel="x"),
    "no title": lambda d: d.pop("title"),
    "no type": lambda d: first(d).pop("type"),
    "an unknown type": lambda d: first(d).update(type="oauth3"),
    "an unknown status": lambda d: d.update(status="perfect"),
    "a key of another type": lambda d: first(d).update(signature_method="HMAC-SHA1"),
    "a list for a text": lambda d: d.update(title=["x"]),
    "a mapping for a list": lambda d: first(d).update(scopes={"a": "b"}),
    "an unknown key of an endpoint": lambda d: first(d).update(token_endpoint={"uri": "https://x.test"}),
    "an unknown key of a response": lambda d: first(d)["user_info_endpoint"]["response"].update(user="x"),
    "an unknown word": lambda d: first(d).update(pkce="S512"),
    "pages of no type": lambda d: d.update(pagination={"param": "page"}),
}


def first(definition):
    return next(iter(definition["authorizations"].values()))


def in_readme(text):
    """Every whole definition: a block whose first line is `# NAME.yaml`."""
    blocks = [block.split("\n```", 1)[0] for block in text.split("\n```yaml\n")[1:]]
    for block in blocks:
        name = block.split("\n", 1)[0].removeprefix("# ")
        if name.endswith(".yaml"):
            yield f"README.md: {name}", block


def right(root):
    for pattern in ["apps/*.yaml", "tests/peers/*.yaml", "tests/fixtures/lint/*/passes.yaml"]:
        found = sorted(root.glob(pattern))
        assert found, f"nothing is {pattern}"
        for path in found:
            yield str(path.relative_to(root)), path.read_text()
    yield from in_readme((root / "README.md").read_text())


def main(schema_path, root):
    root = pathlib.Path(root)
    schema = json.loads(pathlib.Path(schema_path).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    problems, count = [], 0
    for name, text in right(root):
        count += 1
        for error in validator.iter_errors(yaml.safe_load(text)):
            best = jsonschema.exceptions.best_match([error])
            problems.append(f"{name}: {best.json_path}: {best.message[:300]}")
    assert not problems, "\n".join(problems)
    sample = yaml.safe_load((root / "apps/github.yaml").read_text())
    for what, change in WRONG.items():
        definition = copy.deepcopy(sample)
        change(definition)
        assert not validator.is_valid(definition), f"{what} is not noticed"
    print(f"{count} definitions are valid, {len(WRONG)} wrong ones are refused")


if __name__ == "__main__":
    main(*sys.argv[1:])
