# Disconnecting ends the tokens at the provider (RFC 7009): what somebody copied before is of no use.
# shellcheck shell=bash

# revoked ACCOUNT: disconnects it, and leaves it as somebody would have it who had copied it.
revoked() {
  cp -a home home.before
  expect 0 'revoked at the provider' tieline disconnect "$1"
  rm -r home
  mv home.before home
}

public_client tieline-public
connect oidc --account copied --add --auth none
revoked oidc/copied
expect 3 invalid_grant tieline call oidc/copied /api/anything

# With an access token that would be good for an hour.
before=$TIELINE_OIDC_SERVER
start_provider lasting
connect oidc --account copied-too --add --auth none
expect 0 'live      active' tieline accounts show oidc/copied-too --live
revoked oidc/copied-too
expect 0 'live      not active' tieline accounts show oidc/copied-too --live
expect 3 invalid_grant tieline call oidc/copied-too /api/anything
export TIELINE_OIDC_SERVER=$before
