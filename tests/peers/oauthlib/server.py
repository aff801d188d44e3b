"""An OAuth 1.0a provider on loopback by `oauthlib`: three legs, all seven signature methods, `oob`.

    python3 server.py RSA_PUBLIC_KEY.pem

It prints one line, `READY http://127.0.0.1:PORT`, when it listens. Whoever opens the authorization page
agrees. The checking is all oauthlib's; this file only remembers.
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from oauthlib import oauth1

CONSUMERS = {'practice': 'practice-secret', 'odd k/é&=': 's%e c+r&t'}
METHODS = (
    oauth1.SIGNATURE_HMAC_SHA1,
    oauth1.SIGNATURE_HMAC_SHA256,
    oauth1.SIGNATURE_HMAC_SHA512,
    oauth1.SIGNATURE_RSA_SHA1,
    oauth1.SIGNATURE_RSA_SHA256,
    oauth1.SIGNATURE_RSA_SHA512,
    oauth1.SIGNATURE_PLAINTEXT,
)
REALM = ['things']
with open(sys.argv[1], encoding='ascii') as file:
    RSA_KEY = file.read()


class Validator(oauth1.RequestValidator):
    """What oauthlib asks of a provider's memory."""

    enforce_ssl = False
    allowed_signature_methods = METHODS
    client_key_length = (1, 80)
    request_token_length = access_token_length = nonce_length = verifier_length = (4, 80)
    realms = REALM
    dummy_client = dummy_request_token = dummy_access_token = 'nobody'

    def __init__(self):
        super().__init__()
        self.requests, self.tokens, self.seen = {}, {}, set()

    def check_client_key(self, client_key):
        return 0 < len(client_key) < 80

    def check_request_token(self, request_token):
        return bool(request_token)

    check_access_token = check_nonce = check_verifier = check_request_token

    def validate_client_key(self, client_key, request):
        return client_key in CONSUMERS

    def get_client_secret(self, client_key, request):
        return CONSUMERS.get(client_key, 'nobody')

    def get_rsa_key(self, client_key, request):
        return RSA_KEY

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        key = (client_key, timestamp, nonce, request_token, access_token)
        fresh = abs(int(timestamp) - time.time()) < 300 and key not in self.seen
        self.seen.add(key)
        return fresh

    def get_default_realms(self, client_key, request):
        return REALM

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == 'oob' or redirect_uri.startswith('http://127.0.0.1')

    # The first leg and the second.
    def save_request_token(self, token, request):
        self.requests[token['oauth_token']] = {
            **token, 'consumer': request.client_key, 'callback': request.redirect_uri
        }

    def verify_request_token(self, token, request):
        return token in self.requests

    def validate_request_token(self, client_key, token, request):
        return self.requests.get(token, {}).get('consumer') == client_key

    def get_request_token_secret(self, client_key, token, request):
        return self.requests.get(token, {}).get('oauth_token_secret', 'nobody')

    def get_redirect_uri(self, token, request):
        return self.requests[token]['callback']

    def get_realms(self, token, request):
        return REALM

    def verify_realms(self, token, realms, request):
        return True

    def save_verifier(self, token, verifier, request):
        self.requests[token]['verifier'] = verifier['oauth_verifier']

    # The third.
    def validate_verifier(self, client_key, token, verifier, request):
        return self.requests.get(token, {}).get('verifier') == verifier

    def invalidate_request_token(self, client_key, request_token, request):
        self.requests.pop(request_token, None)

    def save_access_token(self, token, request):
        self.tokens[token['oauth_token']] = {**token, 'consumer': request.client_key}

    # Calls.
    def validate_access_token(self, client_key, token, request):
        return self.tokens.get(token, {}).get('consumer') == client_key

    def get_access_token_secret(self, client_key, token, request):
        return self.tokens.get(token, {}).get('oauth_token_secret', 'nobody')

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True


VALIDATOR = Validator()
LEGS = {
    '/initiate': oauth1.RequestTokenEndpoint(VALIDATOR).create_request_token_response,
    '/token': oauth1.AccessTokenEndpoint(VALIDATOR).create_access_token_response,
}
AUTHORIZATION = oauth1.AuthorizationEndpoint(VALIDATOR)
RESOURCE = oauth1.ResourceEndpoint(VALIDATOR)


class Handler(BaseHTTPRequestHandler):
    """Hands the request line on byte for byte: a framework would spell it anew."""

    protocol_version = 'HTTP/1.1'

    def answer(self):
        body = self.rfile.read(int(self.headers.get('content-length') or 0))
        form = self.headers.get('content-type', '').startswith('application/x-www-form-urlencoded')
        text = body.decode('latin-1') if form else None
        uri, path = f'http://{self.headers["host"]}{self.path}', self.path.split('?')[0]
        headers = dict(self.headers.items())
        try:
            if path in LEGS:
                self.send(*LEGS[path](uri, self.command, text, headers))
            elif path == '/authorize':
                self.send(*AUTHORIZATION.create_authorization_response(
                    uri, 'POST', text, headers, realms=REALM))
            else:
                good, _ = RESOURCE.validate_protected_resource_request(
                    uri, self.command, text, headers, realms=REALM)
                told = {'name': 'Ada', 'method': self.command, 'path': self.path, 'length': len(body)}
                kind = {'Content-Type': 'application/json'}
                self.send(kind, json.dumps(told if good else {}), 200 if good else 401)
        except oauth1.OAuth1Error as error:
            self.send({}, error.urlencoded, 400)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, headers, body, status):
        data = (body or '').encode()
        self.send_response(status)
        for name, value in {**(headers or {}), 'Content-Length': str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def end_with(parent):
    """A check that was killed cannot end its servers: they look after that themselves."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(f'READY http://127.0.0.1:{server.server_port}', flush=True)
server.serve_forever()
