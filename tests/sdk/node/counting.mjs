// A proxy that passes every request on and counts it: an SDK that retries a refusal in secret shows here.
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** Listens on a free port and passes on to `target` (address and port). */
export async function startCountingProxy(target) {
  const requests = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const options = { method: incoming.method, headers: incoming.headers, agent: false };
    const behind = request(`http://${target}${incoming.url}`, options, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    behind.on('error', () => outgoing.destroy());
    incoming.pipe(behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { baseURL: `http://127.0.0.1:${server.address().port}/v1`, requests, stop };
}
