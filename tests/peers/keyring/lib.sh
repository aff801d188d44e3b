# Shared by the with-… commands: a D-Bus session and a home of their own, gone when they end.
# shellcheck shell=bash

set -euo pipefail

HERE=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
PIDS=()

# Ends what was started here, and only that, by its process id.
finish() {
  local status=$? pid
  trap - EXIT
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$SCRATCH"
  exit "$status"
}

# A scratch folder and nothing of the person's desktop. `KEEP_HOME=1` leaves HOME as it is.
isolate() {
  SCRATCH=$(mktemp -d)
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  unset DISPLAY WAYLAND_DISPLAY GNOME_KEYRING_CONTROL SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS
  mkdir -m 700 "$SCRATCH/run" "$SCRATCH/data" "$SCRATCH/home"
  export XDG_RUNTIME_DIR=$SCRATCH/run
  if [ -z "${KEEP_HOME:-}" ]; then
    export HOME=$SCRATCH/home
    unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
  fi
}

# Starts a bus on which only what is started here answers. SERVICES is a folder of services that can
# be activated, DENIED a name that nobody may call.
start_bus() {
  local services='' deny=''
  if [ -n "${SERVICES:-}" ]; then services="<servicedir>$SERVICES</servicedir>"; fi
  if [ -n "${DENIED:-}" ]; then deny="<deny send_destination=\"$DENIED\"/>"; fi
  cat > "$SCRATCH/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$SCRATCH/bus</listen>
  <auth>EXTERNAL</auth>
  $services
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    $deny
  </policy>
</busconfig>
CONF
  mkfifo "$SCRATCH/address"
  dbus-daemon --config-file="$SCRATCH/bus.conf" --nofork --print-address=3 \
    3> "$SCRATCH/address" > "$SCRATCH/bus.log" 2>&1 &
  PIDS+=($!)
  # dbus-daemon writes its address when it listens
  if ! read -r DBUS_SESSION_BUS_ADDRESS < "$SCRATCH/address"; then
    cat "$SCRATCH/bus.log" >&2
    exit 99
  fi
  export DBUS_SESSION_BUS_ADDRESS
}

# until_true SECONDS COMMAND…: tries again until it succeeds.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift
  until "$@" > /dev/null 2>&1; do
    if ((SECONDS >= end)); then
      echo "$(basename "$0"): gave up waiting for $what" >&2
      cat "$SCRATCH"/*.log >&2
      exit 99
    fi
  done
}

has_owner() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:"$1" | grep -q 'boolean true'
}

# Whether the alias `default` names a collection.
has_default() {
  dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.ReadAlias string:default | grep -q 'object path "/org'
}

# Starts a GNOME keyring whose login keyring is unlocked.
start_keyring() {
  mkdir -p "$SCRATCH/control"
  # its files go to the scratch folder even where HOME is kept
  printf 'keyring-password' | XDG_DATA_HOME=$SCRATCH/data gnome-keyring-daemon --foreground \
    --unlock --components=secrets --control-directory="$SCRATCH/control" \
    > "$SCRATCH/keyring.log" 2>&1 &
  PIDS+=($!)
  until_true 10 has_owner org.freedesktop.secrets
  until_true 10 has_default
}

# Starts a process that owns a name and never answers a call.
start_silent() {
  python3 "$HERE/silent.py" "$1" > "$SCRATCH/silent.log" 2>&1 &
  PIDS+=($!)
  until_true 10 has_owner "$1"
}

lock_keyring() {
  dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/aliases/default \
    > /dev/null
}
