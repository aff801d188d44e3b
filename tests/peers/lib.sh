# Shared by the checks beside it: a home of their own for `tieline`, servers that end with the check, and
# a browser that is curl.
# shellcheck shell=bash

set -euo pipefail

CHECK=$(realpath "$0")
PEERS=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
TARGET=${CARGO_TARGET_DIR:-$PEERS/../../target}
TIELINE=${TIELINE:-$TARGET/debug/tieline}
PYTHON=${PYTHON:-$TARGET/python/bin/python3}
PIDS=()
SCRATCH=$(mktemp -d)

# Ends what was started here, and only that, by its process id.
finish() {
  local status=$?
  trap - EXIT
  if ((status)); then tail -n 20 "$SCRATCH"/*.log >&2 || true; fi
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$SCRATCH"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of the person's own is read or written, and secrets go to a sealed file.
for variable in ${!TIELINE_*}; do unset "$variable"; done
export TIELINE_HOME=$SCRATCH/home TIELINE_STORE=file NO_COLOR=1
TIELINE_KEY=$(head -c 32 /dev/urandom | base64 -w 0)
export TIELINE_KEY
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
cd "$SCRATCH"

# The definitions beside this file are the apps.
tieline() { "$TIELINE" --apps "$PEERS" "$@"; }

# fail TEXT…: says what was expected and did not happen, with its line in the check.
fail() {
  local depth=$((${#BASH_LINENO[@]} - 2))
  echo "${CHECK#"$PEERS/"}:${BASH_LINENO[depth]}: $*" >&2
  exit 1
}

# expect STATUS TEXT COMMAND…: how it must end, and what it must say on either stream.
expect() {
  local status=$1 text=$2 said actual=0
  shift 2
  said=$("$@" < /dev/null 2>&1) || actual=$?
  if ((actual != status)); then fail "expected exit status $status, got $actual from: $*"$'\n'"$said"; fi
  if [[ $said != *"$text"* ]]; then fail "\`$text\` is not in what this said: $*"$'\n'"$said"; fi
}

# same WANTED GOT WHAT
same() {
  if [[ $1 != "$2" ]]; then fail "$3: expected \`$1\`, got \`$2\`"; fi
}

# until_true SECONDS COMMAND…: tries again until it succeeds.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if ((SECONDS >= end)); then fail "gave up waiting for: $*"; fi
    sleep 0.05
  done
}

# start_server NAME COMMAND…: waits for its line `READY …` and leaves the words after it in READY.
start_server() {
  local log=$SCRATCH/$1.log
  shift
  : > "$log"
  TMPDIR=$SCRATCH "$@" > "$log" 2>&1 &
  PIDS+=($!)
  until_true 90 ready_or_dead "$log" $!
  kill -0 $! 2>/dev/null || fail "it ended before it was ready: $*"
  read -r -a READY < <(sed -n 's/^READY //p' "$log")
}

ready_or_dead() { grep -q '^READY ' "$1" || ! kill -0 "$2" 2>/dev/null; }

# start_connect ARGUMENTS…: a `connect` that waits for the browser; URL is what to open, CONNECT its
# process id.
start_connect() {
  : > "$SCRATCH/connect.log"
  tieline connect --no-browser --timeout 60 "$@" < /dev/null > "$SCRATCH/connect.log" 2>&1 &
  CONNECT=$!
  PIDS+=("$CONNECT")
  until_true 20 url_or_dead
  URL=$(grep -m 1 '^http' "$SCRATCH/connect.log") || fail "no address was printed by: connect $*"
}

url_or_dead() { grep -q '^http' "$SCRATCH/connect.log" || ! kill -0 "$CONNECT" 2>/dev/null; }

# connected TEXT: the waiting connect must succeed and say this.
connected() {
  local status=0
  wait "$CONNECT" || status=$?
  same 0 "$status" "exit status of connect"
  grep -qF -- "$1" "$SCRATCH/connect.log" || fail "connect did not say \`$1\`"
}

# agree URL [LOGIN]: a person who signs in at the provider and consents. Prints the last page.
agree() {
  local page action form
  page=$(browse "$1")
  while action=$(sed -n 's/.*<form[^>]* action="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1) && [[ $action ]]; do
    form=(--data-urlencode "prompt=$(sed -n 's/.*name="prompt" value="\([^"]*\)".*/\1/p' <<< "$page")")
    if [[ $page == *'name="login"'* ]]; then form+=(-d "login=${2:-ada}" -d password=any); fi
    page=$(browse "${action//&amp;/&}" "${form[@]}")
  done
  printf '%s\n' "$page"
}

browse() { curl -sS -L --max-time 20 -b "$SCRATCH/cookies" -c "$SCRATCH/cookies" "$@"; }

# confirm_device URL CODE: a person who types the code on another device, signs in and consents.
confirm_device() {
  local page action
  page=$(browse "$1")
  action=$(sed -n 's/.*<form[^>]* action="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1)
  local xsrf
  xsrf=$(sed -n 's/.*name="xsrf" value="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1)
  page=$(browse "${action//&amp;/&}" -d "xsrf=$xsrf" --data-urlencode "user_code=$2")
  xsrf=$(sed -n 's/.*name="xsrf" value="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1)
  action=$(sed -n 's/.*<form[^>]* action="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1)
  page=$(browse "${action//&amp;/&}" -d "xsrf=$xsrf" --data-urlencode "user_code=$2" -d confirm=yes)
  printf '%s\n' "$page" > "$SCRATCH/device-page.html"
  while action=$(sed -n 's/.*<form[^>]* action="\([^"]*\)".*/\1/p' <<< "$page" | head -n 1) && [[ $action ]]; do
    local form=(--data-urlencode "prompt=$(sed -n 's/.*name="prompt" value="\([^"]*\)".*/\1/p' <<< "$page")")
    if [[ $page == *'name="login"'* ]]; then form+=(-d login=ada -d password=any); fi
    page=$(browse "${action//&amp;/&}" "${form[@]}")
  done
  printf '%s\n' "$page"
}
