# The address of an API is enough: it names who gives tokens for it (RFC 9728), and they are good there
# and nowhere else (RFC 8707).
# shellcheck shell=bash

start_connect "$TIELINE_OIDC_SERVER/mcp"
agree "$URL" > page.html
connected 'gave this computer the client'
app=${TIELINE_OIDC_SERVER#http://}
app=${app//[.:]/-}-mcp
expect 0 "\"aud\":\"$TIELINE_OIDC_SERVER/mcp\"" tieline call "$app" /mcp
expect 8 401 tieline call "$app" /api/anything
