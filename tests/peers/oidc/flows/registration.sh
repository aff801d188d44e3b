# An address is enough: metadata, a client registered on the spot, a definition of one's own.
# shellcheck shell=bash

start_connect "$TIELINE_OIDC_SERVER"
agree "$URL" > page.html
connected 'gave this computer the client'
app=${TIELINE_OIDC_SERVER#http://}
app=${app//[.:]/-}
expect 0 works tieline test "$app"
expect 0 '"sub":"ada"' tieline call "$app" /api/anything
# The account lives longer than its access token: the provider gave a refresh token.
expect 0 Refreshed tieline accounts refresh "$app"
