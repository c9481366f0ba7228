import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that says lines to whoever is connected. */
export interface LineServer {
  readonly port: number;
  /** Says lines, to the first who connects if nobody has yet. */
  say(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export async function startLineServer(): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async say(lines) {
      if (sockets.size === 0) await once(server, "connection");
      const text = lines.map((line) => `${line}\n`).join("");
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.write(text, resolve))));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
