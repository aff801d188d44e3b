"""Signs the requests on standard input anew, by oauthlib, and says which signature differs.

Each line is a JSON object, a request as it would be sent: `method`, `url`, `headers`, `form` (encoded, or
null), `signature_method`, `consumer_secret`, `token_secret`, `private_key`, and its `signature`. It ends
with 1 if one differs.
"""

import json
import sys
from types import SimpleNamespace
from urllib.parse import urlsplit

from oauthlib.oauth1.rfc5849 import signature

METHODS = {
    'HMAC-SHA1': signature.sign_hmac_sha1_with_client,
    'HMAC-SHA256': signature.sign_hmac_sha256_with_client,
    'HMAC-SHA512': signature.sign_hmac_sha512_with_client,
    'RSA-SHA1': signature.sign_rsa_sha1_with_client,
    'RSA-SHA256': signature.sign_rsa_sha256_with_client,
    'RSA-SHA512': signature.sign_rsa_sha512_with_client,
    'PLAINTEXT': signature.sign_plaintext_with_client,
}


def sign(request):
    parameters = signature.collect_parameters(
        uri_query=urlsplit(request['url']).query,
        body=request['form'],
        headers=request['headers'],
    )
    base = signature.signature_base_string(
        request['method'],
        signature.base_string_uri(request['url']),
        signature.normalize_parameters(parameters),
    )
    client = SimpleNamespace(
        client_secret=request['consumer_secret'],
        resource_owner_secret=request['token_secret'],
        rsa_key=request['private_key'],
    )
    return METHODS[request['signature_method']](base, client), base


count = 0
for line in sys.stdin:
    request = json.loads(line)
    theirs, base = sign(request)
    if theirs != request['signature']:
        print(f'oauthlib signs {request} as {theirs}, over {base}')
        sys.exit(1)
    count += 1
print(f'{count} signatures agree')
