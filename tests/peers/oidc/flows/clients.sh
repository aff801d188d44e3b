# Clients with and without a secret, by the authorization code grant.
# shellcheck shell=bash

connect oidc --account public --auth none
works oidc/public tieline-public

client tieline-basic basic-secret-5f1d
connect oidc --account basic --add --auth basic
works oidc/basic tieline-basic

client tieline-post post-secret-9c4e
connect oidc --account post --add --auth post
works oidc/post tieline-post

# Id and secret must be form-encoded within Basic (RFC 6749 section 2.3.1).
client 'tieline:odd id+100%25' 'odd: secret+50%2F&=/'
connect oidc --account odd --add --auth basic
works oidc/odd 'tieline:odd id+100%25'

# Earlier accounts go on with the client that they were connected with.
works oidc/public tieline-public
works oidc/basic tieline-basic

# A wrong secret is named for what it is.
client tieline-basic wrong
refused invalid_client oidc --account wrong --add --auth basic

# The answer can come as a form, and through another command than the one that asked.
public_client tieline-public
connect oidc --account posted --add --auth posted
works oidc/posted tieline-public

# A person who says no.
start_connect oidc --account no --add --auth none
decline "$URL" > page.html
if wait "$CONNECT"; then fail 'connected without consent'; fi
grep -q access_denied connect.log || fail 'access_denied was not named'
