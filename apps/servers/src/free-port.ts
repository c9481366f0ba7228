import { once } from "node:events";
import { createServer } from "node:net";

const given = new Set<number>();

/**
 * A port of 127.0.0.1 that the system says is free.
 *
 * It lies below the ports from which systems take those of outgoing connections: a client that keeps on calling a server
 * that is down could otherwise be given the server's own port, and the server could not come back.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Several of them. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
