# Nothing but the issuer is written, and the ID token is checked by the provider's keys, of whatever
# sort they are.
# shellcheck shell=bash

discovered() {
  public_client "$1"
  start_connect oidc --account "$1" --add --auth discovered -v
  agree "$URL" > page.html
  connected 'the ID token is signed by the provider, for this client and this request'
  works "oidc/$1" "$1"
}

discovered tieline-public
expect 0 'live      active' tieline accounts show oidc/tieline-public --live
expect 0 '"active": true' tieline accounts show oidc/tieline-public --live --json
for algorithm in RS256 PS256 ES256 EdDSA; do discovered "tieline-id-$algorithm"; done

# A secret that both sides know is no key of the provider's.
client tieline-id-HS256 a-secret-of-more-than-32-bytes-for-hs256
refused HS256 oidc --account shared --add --auth discovered
