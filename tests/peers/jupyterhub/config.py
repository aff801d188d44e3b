"""JupyterHub on loopback with one person, one OAuth client and one service's API token.

Its ports come from the environment: HUB_PORT is what everybody talks to.
"""

import os

c = get_config()  # noqa: F821

folder = os.getcwd()
port = int(os.environ['HUB_PORT'])
c.JupyterHub.bind_url = f'http://127.0.0.1:{port}'
c.JupyterHub.hub_bind_url = f'http://127.0.0.1:{port + 1}'
c.ConfigurableHTTPProxy.api_url = f'http://127.0.0.1:{port + 2}'
c.ConfigurableHTTPProxy.command = [os.environ['HUB_PROXY']]
c.ConfigurableHTTPProxy.pid_file = f'{folder}/proxy.pid'
c.JupyterHub.db_url = f'sqlite:///{folder}/hub.sqlite'
c.JupyterHub.cookie_secret_file = f'{folder}/cookie_secret'
c.JupyterHub.authenticator_class = 'dummy'
c.DummyAuthenticator.password = 'a password of a person'
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = 'simple'
# The client's secret is the service's API token.
c.JupyterHub.services = [
    {
        'name': 'tieline',
        'oauth_client_id': 'service-tieline',
        'api_token': 'a-service-token-of-32-characters',
        'oauth_redirect_uri': f'http://127.0.0.1:{port + 3}/callback',
        'oauth_no_confirm': False,
    }
]
c.JupyterHub.load_roles = [
    {'name': 'user', 'scopes': ['self', 'access:services!service=tieline']},
    {'name': 'tieline', 'services': ['tieline'], 'scopes': ['list:users', 'read:users']},
]
