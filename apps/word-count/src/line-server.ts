import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that says the same groups of lines to whoever connects, each when it is asked to go on. */
export interface LineServer {
  readonly port: number;
  /** Says the next group to all that are connected. Whether there was one. */
  sayNext(): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export async function startLineServer(groups: readonly (readonly string[])[]): Promise<LineServer> {
  const sockets = new Set<Socket>();
  let said = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async sayNext() {
      const group = groups[said++];
      if (!group) return false;
      if (sockets.size === 0) await once(server, "connection");
      const text = group.map((line) => `${line}\n`).join("");
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.write(text, resolve))));
      return true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
