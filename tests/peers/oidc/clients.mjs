// The clients that the provider knows, one for each way to be one. Their names say what they are for.

// A redirect URI without a port matches every port (RFC 8252 section 7.3).
const native = {
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
};
const open = { ...native, token_endpoint_auth_method: 'none' };

const device = 'urn:ietf:params:oauth:grant-type:device_code';

const people = [
  { ...open, client_id: 'tieline-public' },
  { ...native, client_id: 'tieline-basic', client_secret: 'basic-secret-5f1d', token_endpoint_auth_method: 'client_secret_basic' },
  { ...native, client_id: 'tieline-post', client_secret: 'post-secret-9c4e', token_endpoint_auth_method: 'client_secret_post' },
  // Inside Basic both halves must be form-encoded first (RFC 6749 section 2.3.1). Each of these
  // characters is lost or doubled by a client that forgets it.
  {
    ...native,
    client_id: 'tieline:odd id+100%25',
    client_secret: 'odd: secret+50%2F&=/',
    token_endpoint_auth_method: 'client_secret_basic',
  },
  { ...open, client_id: 'tieline-device', grant_types: [...native.grant_types, device] },
  { ...open, client_id: 'tieline-par', require_pushed_authorization_requests: true },
  { ...open, client_id: 'tieline-dpop', grant_types: [...native.grant_types, device], dpop_bound_access_tokens: true },
  ...['RS256', 'PS256', 'ES256', 'EdDSA'].map((alg) => ({
    ...open,
    client_id: `tieline-id-${alg}`,
    id_token_signed_response_alg: alg,
  })),
  // No key of the provider's signs this one, but the secret that both know.
  {
    ...native,
    client_id: 'tieline-id-HS256',
    client_secret: 'a-secret-of-more-than-32-bytes-for-hs256',
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'HS256',
  },
];

// Clients that act for themselves.
const service = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'], scope: 'read write' };

const services = [
  { ...service, client_id: 'service-basic', client_secret: 'service-secret', token_endpoint_auth_method: 'client_secret_basic' },
  { ...service, client_id: 'service-post', client_secret: 'service-secret', token_endpoint_auth_method: 'client_secret_post' },
  {
    ...service,
    client_id: 'service-jwt',
    client_secret: 'a-secret-of-more-than-32-bytes-for-hs256',
    token_endpoint_auth_method: 'client_secret_jwt',
    token_endpoint_auth_signing_alg: 'HS256',
  },
];

// Clients that sign with a private key of their own; `jwks` are the public halves.
const signing = (jwks) => [
  ...['RS256', 'PS256', 'ES256', 'EdDSA'].map((alg) => ({
    ...service,
    client_id: `service-${alg}`,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    jwks,
  })),
  // Everything at once, as FAPI 2.0 wants it.
  {
    ...native,
    client_id: 'tieline-strict',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    jwks,
  },
];

// Clients that a certificate speaks for (RFC 8705).
const mutual = [
  {
    ...service,
    client_id: 'service-tls',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_dns: 'client.example',
    tls_client_certificate_bound_access_tokens: true,
  },
];

// With `jwks`, those that sign; with `tls`, those with a certificate.
export const clients = ({ jwks, tls }) => [
  ...people,
  ...services,
  ...(jwks ? signing(jwks) : []),
  ...(tls ? mutual : []),
];
