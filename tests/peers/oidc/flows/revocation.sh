# Disconnecting ends the tokens at the provider (RFC 7009): what somebody copied before is of no use.
# shellcheck shell=bash

public_client tieline-public
for authorization in none discovered; do
  connect_as=$authorization-revoked
  start_connect oidc --account "$connect_as" --add --auth "$authorization"
  agree "$URL" > page.html
  connected 'Connected'
  cp -a home home.before
  expect 0 'revoked at the provider' tieline disconnect "oidc/$connect_as"
  rm -r home
  mv home.before home
  expect 3 invalid_grant tieline call "oidc/$connect_as" /api/anything
done
