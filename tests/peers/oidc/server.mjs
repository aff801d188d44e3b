// An OAuth 2.0 and OpenID provider on loopback: the certified `oidc-provider`, as strict as it comes.
//
//   node server.mjs [--port N] [--access-ttl SECONDS] [--refresh-ttl SECONDS] [--code-ttl SECONDS] [--keys FILE]
//
// The file of `--keys` is a key set (RFC 7517): the public keys of the client `tieline-key`.
//
// Port 0, the default, takes any free one. `PORT` does the same as `--port`. When it listens it prints
// one line, `READY http://127.0.0.1:PORT`, and that address is the issuer.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '0' },
    'access-ttl': { type: 'string', default: '3600' },
    'refresh-ttl': { type: 'string', default: '86400' },
    'code-ttl': { type: 'string', default: '60' },
    keys: { type: 'string' },
  },
});

// A redirect URI without a port matches every port (RFC 8252 section 7.3).
const native = {
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
};

const clients = [
  { ...native, client_id: 'tieline-public', token_endpoint_auth_method: 'none' },
  {
    ...native,
    client_id: 'tieline-basic',
    client_secret: 'basic-secret-5f1d',
    token_endpoint_auth_method: 'client_secret_basic',
  },
  {
    ...native,
    client_id: 'tieline-post',
    client_secret: 'post-secret-9c4e',
    token_endpoint_auth_method: 'client_secret_post',
  },
  // Inside Basic both halves must be form-encoded first (RFC 6749 section 2.3.1). Each of these
  // characters is lost or doubled by a client that forgets it.
  {
    ...native,
    client_id: 'tieline:odd id+100%25',
    client_secret: 'odd: secret+50%2F&=/',
    token_endpoint_auth_method: 'client_secret_basic',
  },
];

const device = 'urn:ietf:params:oauth:grant-type:device_code';
clients.push(
  { ...native, client_id: 'tieline-device', token_endpoint_auth_method: 'none', grant_types: [...native.grant_types, device] },
  { ...native, client_id: 'tieline-par', token_endpoint_auth_method: 'none', require_pushed_authorization_requests: true },
  { ...native, client_id: 'tieline-dpop', token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true },
);

// Clients that act for themselves, one for each way to prove who they are.
const service = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'], scope: 'read write' };
clients.push(
  { ...service, client_id: 'service-basic', client_secret: 'service-secret', token_endpoint_auth_method: 'client_secret_basic' },
  { ...service, client_id: 'service-post', client_secret: 'service-secret', token_endpoint_auth_method: 'client_secret_post' },
  {
    ...service,
    client_id: 'service-jwt',
    client_secret: 'a-secret-of-more-than-32-bytes-for-hs256',
    token_endpoint_auth_method: 'client_secret_jwt',
    token_endpoint_auth_signing_alg: 'HS256',
  },
);
if (options.keys) {
  const jwks = JSON.parse(readFileSync(options.keys, 'utf8'));
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
    clients.push({
      ...service,
      client_id: `service-${alg}`,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      jwks,
    });
  }
}

const person = (login) => ({ sub: login, name: `Person ${login}`, email: `${login}@example.test` });

const configuration = {
  clients,
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] },
  scopes: ['openid', 'offline_access', 'profile', 'email', 'read', 'write'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_, login) => ({ accountId: login, claims: () => person(login) }),
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true, initialAccessToken: false },
  },
  pkce: { required: () => true },
  // A refresh token works once; the second use revokes everything that came from it.
  rotateRefreshToken: true,
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: Number(options['access-ttl']),
    RefreshToken: Number(options['refresh-ttl']),
    AuthorizationCode: Number(options['code-ttl']),
    IdToken: 3600,
    Interaction: 3600,
    Session: 86400,
    Grant: 86400,
    ClientCredentials: Number(options['access-ttl']),
    DeviceCode: 600,
  },
  cookies: { keys: ['only for tests'] },
};

// Everything under /api/ asks for a bearer token that this provider gave out and still honours.
const protectedResource = (provider) => async (context, next) => {
  if (!context.path.startsWith('/api/')) return next();
  const [, scheme, value] = /^(Bearer|DPoP) (\S+)$/i.exec(context.get('authorization')) ?? [];
  const token =
    value && ((await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value)));
  // A bound token is good only beside a proof; that the proof is right is the business of /me.
  const bound = Boolean(token?.jkt);
  if (!token?.isValid || bound !== (scheme?.toLowerCase() === 'dpop')) {
    context.status = 401;
    context.set('WWW-Authenticate', value ? 'Bearer error="invalid_token"' : 'Bearer');
    context.body = { error: value ? 'invalid_token' : 'missing_token' };
    return undefined;
  }
  context.body = {
    sub: token.accountId,
    client_id: token.clientId,
    scope: token.scope,
    method: context.method,
    path: context.path,
  };
  return undefined;
};

const report = (event) => (_, error) =>
  console.error(event, error.error ?? error.message, error.error_description ?? '', error.error_detail ?? '');

// The issuer holds the port, so the port is taken before there is a provider.
const server = http.createServer();
server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  provider.use(protectedResource(provider));
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'revocation.error']) {
    provider.on(event, report(event));
  }
  server.on('request', provider.callback());
  console.log(`READY ${issuer}`);
});

// A test that was killed cannot end its servers: they look after that themselves.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(0), 500).unref();
