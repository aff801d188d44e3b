# Shared by the checks beside it: a home of their own for `tieline`, servers that end with the check, and
# a browser that is curl.
# shellcheck shell=bash

set -euo pipefail

CHECK=$(realpath "$0")
PEERS=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
TARGET=${CARGO_TARGET_DIR:-$PEERS/../../target}
TIELINE=${TIELINE:-$TARGET/debug/tieline}
PYTHON=${PYTHON:-$TARGET/python/bin/python3}
SCRATCH=$(mktemp -d)

# Ends what was started here and still runs: the id of a process that has ended may be somebody else's by now.
finish() {
  local status=$? running pid
  trap - EXIT
  if ((status)); then tail -n 20 "$SCRATCH"/*.log >&2 || true; fi
  running=$(jobs -pr)
  for pid in $running; do kill "$pid" 2>/dev/null || true; done
  wait
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

# fail TEXT…: says what was expected and did not happen, with its line in the check or in a file of it.
fail() {
  local at=$((${#FUNCNAME[@]} - 1))
  while ((at > 0)) && [[ ${FUNCNAME[at]} == main || ${FUNCNAME[at]} == source ]]; do at=$((at - 1)); done
  local file=${BASH_SOURCE[at + 1]}
  if [[ $file == "$0" ]]; then file=$CHECK; fi
  echo "${file#"$PEERS/"}:${BASH_LINENO[at]}: $*" >&2
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
agree() { answer_forms "$(browse "$1")" "${2:-ada}"; }

# decline URL: a person who is signed in and does not consent. Prints the last page.
decline() {
  local abort
  abort=$(browse "$1" | sed -n 's/.*href="\([^"]*\/abort\)".*/\1/p' | head -n 1)
  browse "$abort"
}

# confirm_device URL CODE: a person who types the code on another device, signs in and consents. Prints the
# last page.
confirm_device() { answer_forms "$(type_code "$1" "$2" confirm=yes)" ada; }

# abort_device URL CODE: a person who knows of no such device.
abort_device() { type_code "$1" "$2" abort=yes; }

type_code() {
  local page action
  page=$(browse "$1")
  action=$(form_action "$page")
  page=$(browse "${action//&amp;/&}" -d "xsrf=$(form_value xsrf "$page")" --data-urlencode "user_code=$2")
  action=$(form_action "$page")
  browse "${action//&amp;/&}" -d "xsrf=$(form_value xsrf "$page")" --data-urlencode "user_code=$2" -d "$3"
}

# answer_forms PAGE LOGIN: signs in and consents, form after form, and prints the page that has none.
answer_forms() {
  local page=$1 action form left=8
  while action=$(form_action "$page") && [[ $action ]]; do
    ((left--)) || fail "one form after the other: $page"
    form=()
    while read -r name; do
      form+=(--data-urlencode "$name=$(form_value "$name" "$page")")
    done < <(sed -n 's/.*type="hidden" name="\([^"]*\)".*/\1/p' <<< "$page")
    if [[ $page == *'name="login"'* ]]; then form+=(-d "login=$2" -d password=any); fi
    page=$(browse "${action//&amp;/&}" "${form[@]}")
  done
  printf '%s\n' "$page"
}

form_action() { sed -n 's/.*<form[^>]* action="\([^"]*\)".*/\1/p' <<< "$1" | head -n 1; }

# form_value NAME PAGE
form_value() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" <<< "$2" | head -n 1; }

browse() { curl -sS -L --max-time 20 -b "$SCRATCH/cookies" -c "$SCRATCH/cookies" "$@"; }
