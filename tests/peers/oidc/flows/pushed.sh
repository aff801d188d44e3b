# The request is handed over beforehand (RFC 9126), by a client that may not do without.
# shellcheck shell=bash

public_client tieline-par
connect oidc --account pushed --add --auth pushed
[[ $URL == *request_uri=* && $URL != *scope=* ]] || fail 'the browser carried the request itself'
works oidc/pushed tieline-par
refused invalid_request oidc --account open --add --auth none
