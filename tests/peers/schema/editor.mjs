// An editor without a window: drives yaml-language-server over its standard streams, as editors do, on files
// beside each other in a folder, and holds what it says against what somebody who writes should see.
//
// usage: node editor.mjs FOLDER FIRST-LINE

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, firstLine] = process.argv.slice(2);
const program = join(
  dirname(createRequire(import.meta.url).resolve("yaml-language-server/package.json")),
  "bin/yaml-language-server",
);
const server = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const answers = new Map();
const told = new Map();
let received = Buffer.alloc(0);
let last = 0;

const settings = { yaml: { schemaStore: { enable: false }, validate: true, hover: true, completion: true } };

server.stdout.on("data", (bytes) => {
  received = Buffer.concat([received, bytes]);
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, end))[1]);
    if (received.length < end + 4 + length) return;
    const message = JSON.parse(received.subarray(end + 4, end + 4 + length));
    received = received.subarray(end + 4 + length);
    take(message);
  }
});

function take(message) {
  if (message.method && message.id !== undefined) {
    const wanted = message.method === "workspace/configuration";
    const result = wanted ? message.params.items.map((item) => settings[item.section] ?? null) : null;
    send({ id: message.id, result });
  } else if (message.method === "textDocument/publishDiagnostics") {
    told.get(message.params.uri)?.(message.params.diagnostics);
  } else if (message.id !== undefined) {
    const { resolve, reject } = answers.get(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  }
}

function send(message) {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function ask(method, params) {
  last += 1;
  send({ id: last, method, params });
  return new Promise((resolve, reject) => answers.set(last, { resolve, reject }));
}

// Opens a file; the cursor is where `|` stands. Gives its address, the cursor and the diagnostics to come.
function open(name, body) {
  const text = `${firstLine}\n${body}`;
  const before = text.split("|")[0].split("\n");
  const position = { line: before.length - 1, character: before.at(-1).length };
  const path = join(folder, name);
  writeFileSync(path, text.replace("|", ""));
  const uri = pathToFileURL(path).href;
  const diagnostics = new Promise((resolve) => told.set(uri, resolve));
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "yaml", version: 1, text: text.replace("|", "") } },
  });
  return { at: { textDocument: { uri }, position }, diagnostics };
}

async function offered(name, body) {
  const { at, diagnostics } = open(name, body);
  await diagnostics;
  const list = await ask("textDocument/completion", at);
  return (list.items ?? list).map((item) => item.label);
}

async function said(name, body) {
  const { at, diagnostics } = open(name, body);
  await diagnostics;
  const { contents } = await ask("textDocument/hover", at);
  return contents.value ?? String(contents);
}

mkdirSync(folder, { recursive: true });
await ask("initialize", {
  processId: process.pid,
  rootUri: pathToFileURL(folder).href,
  capabilities: { workspace: { configuration: true }, textDocument: { hover: { contentFormat: ["markdown"] } } },
});
send({ method: "initialized", params: {} });
send({ method: "workspace/didChangeConfiguration", params: { settings } });

const head = "title: Acme\nbase_url: https://acme.test\nauthorizations:\n  oauth:\n    type: oauth2\n";
let checks = 0;
function check(condition, what, found) {
  assert.ok(condition, `${what}: ${JSON.stringify(found)}`);
  checks += 1;
}

let found = await offered("top.yaml", "title: Acme\n|");
check(found.includes("authorizations") && found.includes("hosts"), "keys of a definition", found);
check(!found.includes("title") && !found.includes("scopes"), "no other keys", found);
found = await offered("oauth2.yaml", `${head}    |`);
check(found.includes("scopes") && found.includes("token_endpoint"), "keys of oauth2", found);
check(!found.includes("signature_method"), "no keys of oauth1", found);
found = await offered("oauth1.yaml", `${head.replace("oauth2", "oauth1")}    |`);
check(found.includes("signature_method") && !found.includes("scopes"), "keys of oauth1", found);
found = await offered("endpoint.yaml", `${head}    token_endpoint:\n      url: https://acme.test/token\n      |`);
check(found.includes("encoding") && !found.includes("choose"), "keys of an endpoint", found);
found = await offered("words.yaml", `${head}    pkce: |`);
check(found.includes("S256") && found.includes("plain"), "words", found);

found = await said("key.yaml", `${head}    sco|pes: [a]\n`);
check(found.includes("What is asked for unless"), "what a key is for", found);
found = await said("deep.yaml", `${head}    token_endpoint:\n      encod|ing: json\n`);
check(found.replaceAll("\\", "").includes("How `params` are sent"), "what a key of an endpoint is for", found);

const messages = async (name, body) => (await open(name, body).diagnostics).map((it) => `${it.range.start.line}: ${it.message}`);
found = await messages("wrong.yaml", `${head}    scops: [a]\n|`);
check(found.length === 1 && found[0].startsWith("6: ") && found[0].includes("scops"), "a wrong key", found);
found = await messages("type.yaml", `${head.replace("oauth2", "oauth3")}|`);
check(found.some((it) => it.startsWith("5: ")), "a wrong word", found);
found = await messages("untitled.yaml", `${head.replace("title: Acme\n", "")}|`);
check(found.some((it) => it.includes("title")), "a missing key", found);
found = await messages("right.yaml", `${head}    scopes: [a]\n    user_info_endpoint: null\n|`);
check(found.length === 0, "nothing wrong", found);

await ask("shutdown", null);
send({ method: "exit" });
console.log(`yaml-language-server: ${checks} checks passed`);
