// HTTP on loopback for the peer, and a record of every request in both directions with the signature it carried.
import { createServer } from "node:http";

export const incoming = [];
export const outgoing = [];

export function generationOf(headers) {
  if (headers.get("signature-input")) return "rfc9421";
  return headers.get("signature") ? "draft-cavage" : "none";
}

// What Fedify sends goes through the global fetch.
export function recordOutgoing() {
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, { ...init, body: undefined });
    const entry = { method: request.method, url: request.url, generation: generationOf(request.headers) };
    const response = await send(input, init);
    outgoing.push({ ...entry, status: response.status });
    return response;
  };
}

export function listen(port, answer) {
  const server = createServer(async (from, to) => {
    const request = await readRequest(from, port);
    const response = await answer(request).catch((error) => new Response(String(error.stack ?? error), { status: 500 }));
    const path = new URL(request.url).pathname;
    if (!path.startsWith("/control/")) {
      incoming.push({ method: request.method, path, generation: generationOf(request.headers), status: response.status });
    }
    to.writeHead(response.status, Object.fromEntries(response.headers));
    to.end(Buffer.from(await response.arrayBuffer()));
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

async function readRequest(from, port) {
  const chunks = [];
  for await (const chunk of from) chunks.push(chunk);
  const headers = new Headers();
  for (let i = 0; i < from.rawHeaders.length; i += 2) headers.append(from.rawHeaders[i], from.rawHeaders[i + 1]);
  const body = ["GET", "HEAD"].includes(from.method) ? undefined : Buffer.concat(chunks);
  return new Request(`http://${from.headers.host ?? `127.0.0.1:${port}`}${from.url}`, { method: from.method, headers, body });
}
