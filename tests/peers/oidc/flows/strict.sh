# All at once, as FAPI 2.0 asks for it: a pushed request, a key that signs for the client, and tokens
# that are bound to another.
# shellcheck shell=bash

public_client tieline-strict
connect oidc --account strict --add --auth strict -f private_key=@ec.pem
[[ $URL == *request_uri=* ]] || fail 'the browser carried the request itself'
works oidc/strict tieline-strict
expect 0 'bound to a key of this account' tieline accounts show oidc/strict --live
expect 0 'revoked at the provider' tieline disconnect oidc/strict

# The same in two steps, by two commands: the key and what was pushed are kept in between.
URL=$(tieline connect oidc/later --auth strict -f private_key=@ec.pem --start 2> connect.log)
callback=$(agree_without_listener "$URL")
expect 0 'as Person ada' tieline connect oidc/later --finish "$callback"
works oidc/later tieline-strict
