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

# Many at once, each with a token that is over: whoever comes second must not send what the first one has
# used, or the provider takes everything back.
connect oidc --account crowd --add --auth none
callers=()
for _ in {1..12}; do
  tieline call oidc/crowd /api/anything < /dev/null > /dev/null 2>> crowd.log &
  callers+=($!)
done
for caller in "${callers[@]}"; do wait "$caller" || fail "one of many at once failed: $(cat crowd.log)"; done
works oidc/crowd tieline-public
