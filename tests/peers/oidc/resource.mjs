// The APIs that the provider's tokens are for: `/api/`, and `/mcp`, which names the provider itself
// (RFC 9728) and takes only tokens that were asked for with it as their `resource` (RFC 8707).
import { createHash } from 'node:crypto';

export const isResource = (issuer, resource) => resource === `${issuer}/mcp`;

const metadata = (issuer) => ({
  resource: `${issuer}/mcp`,
  resource_name: 'Things of the provider',
  authorization_servers: [issuer],
  scopes_supported: ['read'],
});

// A middleware in front of the provider's own routes.
export const api = (provider) => async (context, next) => {
  if (context.path === '/.well-known/oauth-protected-resource/mcp') {
    context.body = metadata(provider.issuer);
    return undefined;
  }
  if (context.path !== '/mcp' && !context.path.startsWith('/api/')) return next();
  const audience = context.path === '/mcp' ? `${provider.issuer}/mcp` : undefined;
  const token = await goodToken(provider, context, audience);
  if (token) {
    context.body = {
      sub: token.accountId,
      client_id: token.clientId,
      scope: token.scope,
      aud: token.aud,
      method: context.method,
      path: context.path,
    };
    return undefined;
  }
  const named = audience ? ` resource_metadata="${provider.issuer}/.well-known/oauth-protected-resource/mcp"` : '';
  const sent = Boolean(context.get('authorization'));
  context.status = 401;
  context.set('WWW-Authenticate', `Bearer${named}${sent ? `${named ? ',' : ''} error="invalid_token"` : ''}`);
  context.body = { error: sent ? 'invalid_token' : 'missing_token' };
  return undefined;
};

// A token that this provider gave out for this audience and still honours, shown by who it is bound to.
async function goodToken(provider, context, audience) {
  const [, scheme, value] = /^(Bearer|DPoP) (\S+)$/i.exec(context.get('authorization')) ?? [];
  const token =
    value && ((await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value)));
  if (!token?.isValid || token.aud !== audience) return undefined;
  if (token['x5t#S256'] && token['x5t#S256'] !== thumbprint(context)) return undefined;
  // That a proof is right is the business of /me, which is the provider's own.
  return Boolean(token.jkt) === (scheme.toLowerCase() === 'dpop') ? token : undefined;
}

const thumbprint = (context) => {
  const certificate = context.socket.getPeerX509Certificate?.();
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
};
