# `lint --online`: a definition of the provider as it is, and one that is wrong in every way that metadata can show.
# shellcheck shell=bash

# compared NAME LINES: how lint ends, with its findings in NAME.json.
compared() {
  cat > "$1.yaml" << YAML
title: Certified provider
base_url: $TIELINE_OIDC_SERVER
authorizations:
  main:
    type: oauth2
    issuer: $TIELINE_OIDC_SERVER
    user_info_endpoint: null
$2
YAML
  tieline lint --online --deny warnings --format json "./$1.yaml" > "$1.json"
}

compared right "    authorization_uri: $TIELINE_OIDC_SERVER/auth
    token_endpoint: $TIELINE_OIDC_SERVER/token
    revocation_endpoint: $TIELINE_OIDC_SERVER/token/revocation
    introspection_endpoint: $TIELINE_OIDC_SERVER/token/introspection
    pushed_authorization_request_endpoint: $TIELINE_OIDC_SERVER/request
    device_authorization_endpoint: $TIELINE_OIDC_SERVER/device/auth
    grant: [authorization_code, device_code]
    client_authentication: client_secret_basic
    scopes: [openid, offline_access]
    dpop: true" || fail "right.yaml differs: $(cat right.json)"

compared wrong "    authorization_uri: $TIELINE_OIDC_SERVER/authorize
    token_endpoint: $TIELINE_OIDC_SERVER/tokens
    revocation_endpoint: $TIELINE_OIDC_SERVER/revoke
    grant: password
    client_authentication: tls_client_auth
    pkce: none # to see what is said
    scopes: [openid, nonsense]
    tls: { certificate: '{{cert}}', key: '{{key}}' }
    fields: { cert: { secret: true }, key: { secret: true } }" && fail "nothing differs in wrong.yaml"
same '8 9 10 11 12 13 14' "$(node -p '
  JSON.parse(require("node:fs").readFileSync("wrong.json")).findings
    .filter((it) => it.rule === "online").map((it) => it.line).sort((a, b) => a - b).join(" ")')" \
  "lines that differ from the provider's metadata"
