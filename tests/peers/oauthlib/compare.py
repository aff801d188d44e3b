"""Signs the requests on standard input anew, by oauthlib, and says which signatures differ.

Each line is a JSON object: `method`, `url`, `form` (pairs, or null), `parameters` (the `oauth_` ones),
`consumer_secret`, `token_secret`, `signature`. It ends with 1 if one differs.
"""

import json
import sys
from types import SimpleNamespace
from urllib.parse import urlencode

from oauthlib.oauth1.rfc5849 import signature

count = 0
for line in sys.stdin:
    vector = json.loads(line)
    body = urlencode([tuple(pair) for pair in vector['form'] or []])
    headers = {'Content-Type': 'application/x-www-form-urlencoded'} if body else {}
    uri, _, query = vector['url'].partition('?')
    collected = signature.collect_parameters(uri_query=query, body=body, headers=headers)
    collected += [(name, value) for name, value in vector['parameters'] if name != 'oauth_signature']
    base = signature.signature_base_string(
        vector['method'],
        signature.base_string_uri(vector['url']),
        signature.normalize_parameters(collected),
    )
    client = SimpleNamespace(
        client_secret=vector['consumer_secret'], resource_owner_secret=vector['token_secret']
    )
    theirs = signature.sign_hmac_sha1_with_client(base, client)
    if theirs != vector['signature']:
        print(f'oauthlib signs {vector} as {theirs}, over {base}')
        sys.exit(1)
    count += 1
print(f'{count} signatures agree')
