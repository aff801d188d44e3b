// A server of HTTP/2 over TLS (node's own) that says how it was spoken to. Arguments: certificate, key.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
const server = createSecureServer({ allowHTTP1: true, cert, key }, (request, response) => {
  let length = 0;
  request.on('data', (chunk) => { length += chunk.length; });
  request.on('end', () => {
    const { httpVersion, method, url, headers } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ email: 'ada@http2.test', httpVersion, method, url, length, headers }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
