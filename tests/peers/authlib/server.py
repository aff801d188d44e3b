"""A provider on loopback by Authlib: OAuth 2.0 (code with PKCE, device, client credentials, password, JWT
bearer, refresh with rotation, revocation, introspection) and OAuth 1.0a (HMAC-SHA1, RSA-SHA1, PLAINTEXT).

    python3 server.py RSA_PUBLIC_KEY.pem ACCESS_TOKEN_LIFETIME

A device is told to poll once a second, and to slow down at its second poll; one that does not wait the five
seconds longer then (RFC 8628 section 3.5) is never given a token. The key is that of the RSA signatures,
and of the service account `robot`, which signs for ada. It prints one line, `READY http://127.0.0.1:PORT`,
when it listens. Whoever opens an authorization page agrees. The checking is all Authlib's; this file only
remembers.
"""

import os
import secrets
import sys
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ['AUTHLIB_INSECURE_TRANSPORT'] = '1'

from authlib.integrations.flask_oauth1 import AuthorizationServer as Server1
from authlib.integrations.flask_oauth1 import ResourceProtector as Protector1
from authlib.integrations.flask_oauth2 import AuthorizationServer as Server2
from authlib.integrations.flask_oauth2 import ResourceProtector as Protector2
from authlib.integrations.flask_oauth2 import current_token
from authlib.oauth1 import ClientMixin as Consumer1
from authlib.oauth1 import TemporaryCredentialMixin, TokenCredentialMixin
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523 import JWTBearerGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import (
    DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict,
)
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey

with open(sys.argv[1], encoding='ascii') as file:
    RSA_KEY = file.read()
LIFETIME = int(sys.argv[2])
DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
app = Flask(__name__)
app.secret_key = secrets.token_hex()


class Person(str):
    def get_user_id(self):
        return str(self)


# --- OAuth 2.0 -------------------------------------------------------------------------------------


class Client(ClientMixin):
    """A registration."""

    def __init__(self, name, secret, methods, allowed):
        self.client_id, self.secret, self.methods, self.allowed = name, secret, methods, allowed

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return 'http://127.0.0.1/callback'

    def get_allowed_scope(self, scope):
        return ' '.join(word for word in (scope or '').split() if word in ('profile', 'read'))

    def check_redirect_uri(self, uri):
        return uri.startswith('http://127.0.0.1:') and uri.endswith('/callback')

    def check_client_secret(self, secret):
        return secrets.compare_digest(self.secret, secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method in self.methods

    def check_response_type(self, response_type):
        return response_type == 'code'

    def check_grant_type(self, grant_type):
        return grant_type in self.allowed


CLIENTS = {
    client.client_id: client
    for client in (
        Client('public', '', ['none'], ['authorization_code', 'refresh_token', DEVICE]),
        Client(
            'confidential',
            'confidential-secret',
            ['client_secret_basic', 'client_secret_post'],
            ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
        ),
        Client('robot', '', [], [JWTBearerGrant.GRANT_TYPE]),
    )
}
TOKENS, CODES, DEVICES = [], {}, {}


class Token(TokenMixin):
    def __init__(self, values, client, user):
        self.values, self.client, self.user = values, client, user
        self.access_token, self.refresh_token = values['access_token'], values.get('refresh_token')
        self.issued, self.revoked = time.time(), False

    def check_client(self, client):
        return self.client is client

    def get_scope(self):
        return self.values.get('scope', '')

    def get_expires_in(self):
        return self.values['expires_in']

    def is_expired(self):
        return time.time() > self.issued + self.values['expires_in']

    def is_revoked(self):
        return self.revoked

    def get_user(self):
        return self.user

    def get_client(self):
        return self.client


def find(text):
    return next((t for t in TOKENS if text and text in (t.access_token, t.refresh_token)), None)


class Code(AuthorizationCodeMixin):
    def __init__(self, **values):
        self.__dict__.update(values)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none']

    def save_authorization_code(self, code, asked):
        data = asked.payload.data
        CODES[code] = Code(
            code=code,
            client_id=asked.client.client_id,
            redirect_uri=asked.payload.redirect_uri,
            scope=asked.payload.scope,
            user=asked.user,
            code_challenge=data.get('code_challenge'),
            code_challenge_method=data.get('code_challenge_method'),
        )

    def query_authorization_code(self, code, client):
        found = CODES.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, code):
        CODES.pop(code.code, None)

    def authenticate_user(self, code):
        return code.user


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none']
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        return next((t for t in TOKENS if t.refresh_token == refresh_token and not t.revoked), None)

    def authenticate_user(self, token):
        return token.user

    def revoke_old_credential(self, token):
        token.revoked = True


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    def authenticate_user(self, username, password):
        return Person(username) if password == 'a password' else None


class Assertion(JWTBearerGrant):
    CLAIMS_OPTIONS = {**JWTBearerGrant.CLAIMS_OPTIONS, 'iat': {'essential': True}, 'jti': {'essential': True}}

    def resolve_issuer_client(self, issuer):
        return CLIENTS.get(issuer)

    def resolve_client_public_key(self, client):
        return RSAKey.import_key(RSA_KEY)

    def authenticate_user(self, subject):
        return Person(subject) if subject == 'ada' else None

    def get_audiences(self):
        return [request.base_url]

    def has_granted_permission(self, client, user):
        return client.client_id == 'robot'


class DeviceAuthorization(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = ['none']
    INTERVAL = 1

    def get_verification_uri(self):
        return request.url_root + 'device'

    def save_device_credential(self, client_id, scope, data):
        DEVICES[data['device_code']] = {
            **data, 'client_id': client_id, 'scope': scope, 'since': time.time(), 'grant': None,
            'polls': 0, 'next': 0,
        }


class DevicePoll(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ['none']

    def query_device_credential(self, device_code):
        found = DEVICES.get(device_code)
        return found and DeviceCredentialDict(
            {**found, 'expires_at': found['since'] + found['expires_in']}
        )

    def query_user_grant(self, user_code):
        found = next(found for found in DEVICES.values() if found['user_code'] == user_code)
        return found['grant'] if time.time() >= found['next'] else None

    def should_slow_down(self, credential):
        """Asked where there is no grant: at the second poll, and at each that comes too early then."""
        found, now = DEVICES[credential['device_code']], time.time()
        found['polls'] += 1
        slow = found['polls'] == 2 or now < found['next']
        if slow:
            found['next'] = now + 5
        return slow


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post']

    def query_token(self, token, hint):
        return find(token)

    def revoke_token(self, token, asked):
        token.revoked = True


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post']

    def query_token(self, token, hint):
        return find(token)

    def introspect_token(self, token):
        active = not token.revoked and not token.is_expired()
        return {'active': active, 'client_id': token.client.client_id, 'scope': token.get_scope()}

    def check_permission(self, token, client, asked):
        return True


app.config['OAUTH2_REFRESH_TOKEN_GENERATOR'] = True
app.config['OAUTH2_TOKEN_EXPIRES_IN'] = dict.fromkeys(
    [
        'authorization_code', 'refresh_token', 'client_credentials', 'password', DEVICE,
        JWTBearerGrant.GRANT_TYPE,
    ],
    LIFETIME,
)
provider = Server2(
    app,
    query_client=CLIENTS.get,
    save_token=lambda token, asked: TOKENS.append(Token(token, asked.client, asked.user)),
)
provider.register_grant(CodeGrant, [CodeChallenge(required=True)])
for grant in (RefreshGrant, PasswordGrant, grants.ClientCredentialsGrant, DevicePoll, Assertion):
    provider.register_grant(grant)
for endpoint in (DeviceAuthorization, Revocation, Introspection):
    provider.register_endpoint(endpoint)


class Bearer(BearerTokenValidator):
    def authenticate_token(self, text):
        return next((t for t in TOKENS if t.access_token == text), None)


protected = Protector2()
protected.register_token_validator(Bearer())


@app.get('/authorize')
def authorize():
    person = Person('ada')
    asked = provider.get_consent_grant(end_user=person)
    return provider.create_authorization_response(grant=asked, grant_user=person)


@app.post('/token')
def token():
    return provider.create_token_response()


@app.post('/<any(device_authorization, revocation, introspection):name>')
def client_endpoint(name):
    return provider.create_endpoint_response(name)


@app.get('/device')
def device():
    """Where a person types the code: `?user_code=…`, with `&answer=no` to refuse, `&polls` to look."""
    for found in DEVICES.values():
        if found['user_code'] == request.args.get('user_code'):
            if 'polls' in request.args:
                return str(found['polls'])
            found['grant'] = (Person('ada'), request.args.get('answer') != 'no')
            return 'thank you'
    return 'unknown', 404


@app.route('/api/<path:path>', methods=['GET', 'POST'])
@protected('read')
def api(path):
    token = current_token
    return jsonify(user=token.user, client=token.client.client_id, scope=token.get_scope(), path=path)


# --- OAuth 1.0a ------------------------------------------------------------------------------------


class Consumer(Consumer1):
    def __init__(self, secret):
        self.secret = secret

    def get_default_redirect_uri(self):
        return 'http://127.0.0.1/callback'

    def get_client_secret(self):
        return self.secret

    def get_rsa_public_key(self):
        return RSA_KEY


class Kept:
    def __init__(self, **values):
        self.__dict__.update(values)

    def get_oauth_token(self):
        return self.oauth_token

    def get_oauth_token_secret(self):
        return self.oauth_token_secret


class Temporary(Kept, TemporaryCredentialMixin):
    def get_client_id(self):
        return self.client_id

    def get_redirect_uri(self):
        return self.callback

    def check_verifier(self, verifier):
        return self.verifier == verifier


class Credential(Kept, TokenCredentialMixin):
    pass


CONSUMERS = {'practice': Consumer('practice-secret')}
TEMPORARY, CREDENTIALS, NONCES, LAST = {}, {}, set(), []


def exists_nonce(nonce, timestamp, client_id, oauth_token):
    key = (nonce, timestamp, client_id, oauth_token)
    seen = key in NONCES
    NONCES.add(key)
    return seen


def keep_temporary(token, client_id, redirect_uri):
    made = Temporary(**token, client_id=client_id, callback=redirect_uri, verifier=None, user=None)
    return TEMPORARY.setdefault(made.oauth_token, made)


def keep_verifier(credential, user, verifier):
    credential.user, credential.verifier = user, verifier


def keep_credential(token, temporary):
    made = Credential(**token, client_id=temporary.client_id, user=temporary.user)
    return CREDENTIALS.setdefault(made.oauth_token, made)


app.config['OAUTH1_SUPPORTED_SIGNATURE_METHODS'] = ['HMAC-SHA1', 'RSA-SHA1', 'PLAINTEXT']
older = Server1(app, query_client=CONSUMERS.get)
for name, hook in {
    'create_temporary_credential': keep_temporary,
    'get_temporary_credential': TEMPORARY.get,
    'delete_temporary_credential': lambda token: TEMPORARY.pop(token, None),
    'create_authorization_verifier': keep_verifier,
    'exists_nonce': exists_nonce,
    'create_token_credential': keep_credential,
}.items():
    older.register_hook(name, hook)
signed = Protector1(
    app,
    query_client=CONSUMERS.get,
    query_token=lambda client_id, token: CREDENTIALS.get(token),
    exists_nonce=exists_nonce,
)


@app.post('/oauth1/initiate')
def initiate():
    return older.create_temporary_credentials_response()


@app.get('/oauth1/authorize')
def agree():
    return older.create_authorization_response(grant_user='ada')


@app.post('/oauth1/token')
def trade():
    return older.create_token_response()


@app.route('/oauth1/api/<path:path>', methods=['GET', 'POST'])
@signed()
def signed_api(path):
    LAST[:] = [f'Authorization: {request.headers["Authorization"]}']
    return jsonify(user='ada', path=path, form=request.form.to_dict(flat=False))


@app.get('/oauth1/last')
def last():
    """The header of the last signed call, for whoever wants to replay it."""
    return LAST[0]


# --- serving ---------------------------------------------------------------------------------------


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def end_with(parent):
    """A check that was killed cannot end its servers: they look after that themselves."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
server = make_server('127.0.0.1', 0, app, handler_class=Quiet)
print(f'READY http://127.0.0.1:{server.server_port}', flush=True)
server.serve_forever()
