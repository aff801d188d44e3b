# Another device: the code is confirmed, or not, while the command asks.
# shellcheck shell=bash

public_client tieline-device
start_connect oidc --account device --add --auth device -v
confirm_device "$URL" "$(device_code)" > page.html
connected 'as Person ada / ada@example.test'
grep -q 'the ID token is signed by the provider' connect.log || fail 'the ID token was not looked at'
works oidc/device tieline-device
expect 0 'revoked at the provider' tieline disconnect oidc/device

start_connect oidc --account no --add --auth device
abort_device "$URL" "$(device_code)" > page.html
if wait "$CONNECT"; then fail 'connected without consent'; fi
grep -q access_denied connect.log || fail 'access_denied was not named'

# Nobody comes before the code is over.
before=$TIELINE_OIDC_SERVER
start_provider impatient --device-ttl 1
start_connect oidc --account late --add --auth device
if wait "$CONNECT"; then fail 'connected without anybody'; fi
grep -q 'nobody agreed' connect.log || fail 'it was not said that nobody agreed'
export TIELINE_OIDC_SERVER=$before
