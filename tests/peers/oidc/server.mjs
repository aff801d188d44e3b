// An OAuth 2.0 and OpenID provider on loopback: the certified `oidc-provider`, as strict as it comes.
//
//   node server.mjs [--port N] [--access-ttl SECONDS] [--refresh-ttl SECONDS] [--code-ttl SECONDS]
//                   [--device-ttl SECONDS] [--keys FILE] [--dpop-nonce] [--require-par] [--tls FOLDER]
//
// The file of `--keys` is a key set (RFC 7517): the public keys of the clients that sign. With
// `--dpop-nonce` every proof of possession needs the server's nonce, with `--require-par` every request is
// pushed, and the metadata says so. The folder of `--tls` has
// `server.pem` and `server-key.pem`, and `ca.pem`, which issued the certificates of clients.
//
// Port 0, the default, takes any free one. `PORT` does the same as `--port`. When it listens it prints
// one line, `READY http://127.0.0.1:PORT`, and that address is the issuer; with `--tls` a second address
// follows, where certificates are asked for.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';
import { clients } from './clients.mjs';
import { api, isResource } from './resource.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '0' },
    'access-ttl': { type: 'string', default: '3600' },
    'refresh-ttl': { type: 'string', default: '86400' },
    'code-ttl': { type: 'string', default: '60' },
    'device-ttl': { type: 'string', default: '600' },
    keys: { type: 'string' },
    'dpop-nonce': { type: 'boolean', default: false },
    'require-par': { type: 'boolean', default: false },
    tls: { type: 'string' },
  },
});

const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

// The provider signs ID tokens with keys of every sort, new at each start.
const signingKeys = [
  ['rsa', { modulusLength: 2048 }],
  ['ec', { namedCurve: 'P-256' }],
  ['ed25519', {}],
].map(([type, how]) => ({ ...generateKeyPairSync(type, how).privateKey.export({ format: 'jwk' }), use: 'sig' }));

const person = (login) => ({ sub: login, name: `Person ${login}`, email: `${login}@example.test` });

// The certificate that came with the connection, once TLS has found it good.
const certificate = (context) => context.socket.getPeerX509Certificate?.();
const mutualTls = {
  enabled: true,
  tlsClientAuth: true,
  certificateBoundAccessTokens: true,
  getCertificate: certificate,
  certificateAuthorized: (context) => context.socket.authorized,
  certificateSubjectMatches: (context, property, expected) =>
    property === 'tls_client_auth_san_dns' && certificate(context).subjectAltName === `DNS:${expected}`,
};

// Where a client with a certificate goes (RFC 8705 section 5).
const aliases = (mutual) => ({
  token_endpoint: `${mutual}/token`,
  introspection_endpoint: `${mutual}/token/introspection`,
  revocation_endpoint: `${mutual}/token/revocation`,
});

const seconds = (name) => Number(options[name]);

const configuration = (issuer, mutual) => ({
  clients: clients({ jwks: options.keys && JSON.parse(readFileSync(options.keys, 'utf8')), tls: options.tls }),
  clientAuthMethods: [
    'none',
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    ...(options.tls ? ['tls_client_auth'] : []),
  ],
  enabledJWA: {
    clientAuthSigningAlgValues: ['HS256', ...algorithms],
    idTokenSigningAlgValues: ['HS256', ...algorithms],
  },
  jwks: { keys: signingKeys },
  discovery: mutual ? { mtls_endpoint_aliases: aliases(mutual) } : {},
  scopes: ['openid', 'offline_access', 'profile', 'email', 'read', 'write'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_, login) => ({ accountId: login, claims: () => person(login) }),
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => options['dpop-nonce'] },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: options['require-par'] },
    registration: { enabled: true, initialAccessToken: false },
    mTLS: options.tls ? mutualTls : { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => {
        if (!isResource(issuer, resource)) throw new Error(`no such resource: ${resource}`);
        return { scope: 'read write', audience: resource, accessTokenFormat: 'opaque' };
      },
    },
  },
  pkce: { required: () => true },
  // A refresh token works once; the second use revokes everything that came from it.
  rotateRefreshToken: true,
  ttl: {
    AccessToken: seconds('access-ttl'),
    RefreshToken: seconds('refresh-ttl'),
    AuthorizationCode: seconds('code-ttl'),
    IdToken: 3600,
    Interaction: 3600,
    Session: 86400,
    Grant: 86400,
    ClientCredentials: seconds('access-ttl'),
    DeviceCode: seconds('device-ttl'),
  },
  cookies: { keys: ['only for tests'] },
});

const report = (event) => (_, error) =>
  console.error(event, error.error ?? error.message, error.error_description ?? '', error.error_detail ?? '');

// With TLS a second port asks for a certificate, and the provider names it in its metadata.
const listeners = () => {
  if (!options.tls) return [http.createServer()];
  const read = (name) => readFileSync(path.join(options.tls, name));
  const own = { cert: read('server.pem'), key: read('server-key.pem') };
  // Who is not known gets an answer that says so.
  const asks = { ca: read('ca.pem'), requestCert: true, rejectUnauthorized: false };
  return [https.createServer(own), https.createServer({ ...own, ...asks })];
};

const listen = (server, port) =>
  new Promise((ready) => server.listen(port, '127.0.0.1', () => ready(server.address().port)));

// The issuer holds the port, so the port is taken before there is a provider.
const servers = listeners();
const scheme = options.tls ? 'https' : 'http';
const origins = [];
for (const server of servers) {
  const port = await listen(server, origins.length ? 0 : Number(options.port));
  origins.push(`${scheme}://127.0.0.1:${port}`);
}
const provider = new Provider(origins[0], configuration(...origins));
provider.use(api(provider));
for (const event of ['server_error', 'authorization.error', 'grant.error', 'revocation.error', 'introspection.error']) {
  provider.on(event, report(event));
}
for (const server of servers) server.on('request', provider.callback());
console.log('READY', ...origins);

// A test that was killed cannot end its servers: they look after that themselves.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(0), 500).unref();
