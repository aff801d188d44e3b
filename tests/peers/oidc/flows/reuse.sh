# A refresh token that was used before ends everything that came from it (RFC 9700 section 4.14.2).
# shellcheck shell=bash

public_client tieline-public
connect oidc --account reuse --add --auth none
cp -a home home.before
works oidc/reuse tieline-public
cp -a home home.after
rm -r home
mv home.before home
expect 3 invalid_grant tieline call oidc/reuse /api/anything
# The provider cannot know which of the two was the thief.
rm -r home
mv home.after home
expect 3 invalid_grant tieline call oidc/reuse /api/anything
