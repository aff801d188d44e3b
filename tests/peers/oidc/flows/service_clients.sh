# Each way for a client to prove who it is when it acts for itself, again when its token is over.
# shellcheck shell=bash

# service NAME FIELDS…
service() {
  expect 0 'Connected' tieline connect oidc --account "service-$1" --add --auth "service-$1" \
    -f "client_id=service-$1" "${@:2}"
  expect 0 "\"client_id\":\"service-$1\"" tieline call "oidc/service-$1" /api/anything
  expect 0 'client_id: service' tieline accounts show "oidc/service-$1" --live
  expect 0 'revoked at the provider' tieline disconnect "oidc/service-$1"
}

printf service-secret > secret.txt
service basic -f client_secret=@secret.txt
service post -f client_secret=@secret.txt
printf 'a-secret-of-more-than-32-bytes-for-hs256' > secret.txt
service jwt -f client_secret=@secret.txt
service RS256 -f private_key=@rsa.pem
service PS256 -f private_key=@rsa.pem
service ES256 -f private_key=@ec.pem
service EdDSA -f private_key=@ed25519.pem

# Somebody else's key, and one of another sort.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem 2> /dev/null
expect 5 invalid_client tieline connect oidc --account other --add --auth service-ES256 \
  -f client_id=service-ES256 -f private_key=@other.pem
expect 2 "key" tieline connect oidc --account other --add --auth service-ES256 \
  -f client_id=service-ES256 -f private_key=@rsa.pem

# A certificate speaks for the client, and its tokens are good for nobody else (RFC 8705).
certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca.pem -days 1 \
    -subj '/CN=An authority for tests' 2> /dev/null
  certificate server 'IP:127.0.0.1'
  certificate client 'DNS:client.example'
  certificate stranger 'DNS:stranger.example'
}

# certificate NAME WHO
certificate() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1-key.pem" -out "$1.csr" -subj "/CN=$1" 2> /dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 1 -out "$1.pem" \
    -extfile <(printf 'subjectAltName=%s' "$2") 2> /dev/null
}

# with_certificate NAME
with_certificate() {
  SSL_CERT_FILE=ca.pem tieline connect oidc-tls --account "$1" --add -f client_id=service-tls \
    -f "certificate=@$1.pem" -f "key=@$1-key.pem"
}

certificates
# They would go before, or count beside, the authority that is named here.
unset CURL_CA_BUNDLE SSL_CERT_DIR
before=$TIELINE_OIDC_SERVER
start_provider mutual --access-ttl 30 --tls .
export TIELINE_OIDC_TLS_ISSUER=${READY[0]} TIELINE_OIDC_TLS_API=${READY[1]} TIELINE_OIDC_SERVER=$before
expect 0 Connected with_certificate client
export SSL_CERT_FILE=ca.pem
expect 0 '"client_id":"service-tls"' tieline call oidc-tls/client /api/anything
expect 0 'bound to a certificate' tieline accounts show oidc-tls/client --live
unset SSL_CERT_FILE
expect 6 certificate tieline call oidc-tls/client /api/anything
expect 5 invalid_client with_certificate stranger
