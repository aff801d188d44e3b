# What a person does, and what is expected of an account afterwards.
# shellcheck shell=bash

# connect ARGUMENTS…: agrees in the browser; the account is ada's.
connect() {
  start_connect "$@"
  agree "$URL" > page.html
  connected 'as Person ada / ada@example.test'
  grep -q 'is connected' page.html || fail "the last page does not say that it is connected"
}

# agree_without_listener URL: agrees in the browser, and prints the address that it cannot open then.
agree_without_listener() (
  browse() { curl -s -L --max-time 20 -b cookies -c cookies -w '\n%{url_effective}\n' "$@" || true; }
  agree "$1" | grep . | tail -n 1
)

# refused TEXT ARGUMENTS…: agrees in the browser, and still nobody is connected.
refused() {
  start_connect "${@:2}"
  agree "$URL" > page.html
  if wait "$CONNECT"; then fail "connected: ${*:2}"; fi
  grep -qF -- "$1" connect.log || fail "\`$1\` was not named"
  if grep -q 'is connected' page.html; then fail "the last page says that it is connected"; fi
}

# client ID SECRET: the client of the next connect.
client() { expect 0 "uses your client $1" tieline client set oidc --id "$1" --secret @<(printf %s "$2"); }

# public_client ID
public_client() { expect 0 "uses your client $1" tieline client set oidc --id "$1" --public; }

# works ACCOUNT CLIENT: it does, and goes on with each refresh token used once.
works() {
  expect 0 works tieline test "$1"
  expect 0 '"sub":"ada"' tieline call "$1" /api/anything
  expect 0 "\"client_id\":\"$2\"" tieline call "$1" /api/anything
}

# device_code: the code that `connect` shows.
device_code() { sed -n 's/.*enter the code \([A-Z0-9-]*\):.*/\1/p' connect.log; }
