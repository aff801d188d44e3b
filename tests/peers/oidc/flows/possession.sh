# Tokens are bound to a key of the account (RFC 9449); a refresh binds the next one to the same key.
# shellcheck shell=bash

bound() {
  connect oidc --account "$1" --add --auth bound
  [[ $URL == *dpop_jkt=* ]] || fail 'the code is not bound to the key'
  works "oidc/$1" tieline-dpop
  # The provider's own API looks at the proof, too.
  expect 0 '"sub":"ada"' tieline call "oidc/$1" /me
  expect 0 'bound to a key of this account' tieline accounts show "oidc/$1" --live
}

public_client tieline-dpop
bound bound
refused invalid_grant oidc --account unbound --add --auth none

start_connect oidc --account bound-device --add --auth bound-device
confirm_device "$URL" "$(device_code)" > page.html
connected 'as Person ada / ada@example.test'
works oidc/bound-device tieline-dpop

# A provider that wants its nonce in every proof, at each endpoint and in each call.
before=$TIELINE_OIDC_SERVER
start_provider nonces --access-ttl 30 --dpop-nonce
bound nonce
expect 0 'wants its nonce in the proof' tieline call -v oidc/nonce /me
export TIELINE_OIDC_SERVER=$before
