# The request is handed over beforehand (RFC 9126), by a client that may not do without.
# shellcheck shell=bash

public_client tieline-par
connect oidc --account pushed --add --auth pushed
[[ $URL == *request_uri=* && $URL != *scope=* ]] || fail 'the browser carried the request itself'
works oidc/pushed tieline-par
refused invalid_request oidc --account open --add --auth none

# Where the metadata asks for it, nobody need write it.
before=$TIELINE_OIDC_SERVER
start_provider pushing --access-ttl 30 --require-par
public_client tieline-public
start_connect oidc --account required --add --auth discovered
[[ $URL == *request_uri=* && $URL != *scope=* ]] || fail 'the browser carried the request itself'
agree "$URL" > page.html
connected 'as ada@example.test'
works oidc/required tieline-public
export TIELINE_OIDC_SERVER=$before
