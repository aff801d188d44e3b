"""Runs the steps of a composite action as GitHub's runner does, as far as this action needs it.

    steps.py ACTION-FOLDER [INPUT=VALUE…]

What the runner would know comes from the environment: GITHUB_*, RUNNER_*.
"""

import os
import re
import subprocess
import sys
import tempfile

import yaml


def main():
    folder = os.path.abspath(sys.argv[1])
    with open(os.path.join(folder, "action.yml"), encoding="utf-8") as file:
        action = yaml.safe_load(file)
    inputs = {name: str(rule.get("default", "")) for name, rule in action["inputs"].items()}
    for argument in sys.argv[2:]:
        name, value = argument.split("=", 1)
        if name not in inputs:
            sys.exit(f"the action has no input {name}")
        inputs[name] = value
    known = {f"inputs.{name}": value for name, value in inputs.items()}
    known |= {
        "github.action_path": folder,
        "github.action_ref": os.environ.get("GITHUB_ACTION_REF", ""),
        "github.action_repository": os.environ.get("GITHUB_ACTION_REPOSITORY", ""),
        "github.repository": os.environ.get("GITHUB_REPOSITORY", ""),
        "github.token": "no-token",
    }
    for step in action["runs"]["steps"]:
        run_step(step, known)


def run_step(step, known):
    if step["shell"] != "bash":
        sys.exit(f"only bash is known here, not {step['shell']}")
    environment = os.environ | {k: evaluate(v, known) for k, v in step.get("env", {}).items()}
    with open(os.environ["GITHUB_PATH"], encoding="utf-8") as file:
        added = reversed(file.read().split())
    environment["PATH"] = ":".join([*added, environment["PATH"]])
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        # An input never becomes part of a script.
        if "${{" in step["run"]:
            sys.exit(f"an expression in a script: {step['run']}")
        script.write(step["run"])
        script.flush()
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script.name]
        status = subprocess.run(command, env=environment, check=False).returncode
    if status:
        sys.exit(status)


def evaluate(text, known):
    """`${{ a || b }}`, where both are names."""

    def value(match):
        names = [name.strip() for name in match.group(1).split("||")]
        return next(filter(None, (known[name] for name in names)), "")

    return re.sub(r"\$\{\{(.*?)\}\}", value, str(text))


main()
