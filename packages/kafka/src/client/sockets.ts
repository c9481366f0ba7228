import net from "node:net";
import tls from "node:tls";
import type { ISocketFactory } from "kafkajs";

const KEEP_ALIVE_MS = 60_000;

/** The sockets of one client, so that closing it does not wait for requests that a broker holds back. */
export class Sockets {
  private readonly open = new Set<net.Socket>();
  private isClosed = false;

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // requests are small and wait for an answer
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once("close", () => this.open.delete(socket));
    if (this.isClosed) socket.destroy(closed());
    return socket;
  };

  /** Ends all connections at once. */
  destroy(): void {
    this.isClosed = true;
    for (const socket of this.open) socket.destroy(closed());
  }
}

function closed(): Error {
  return new Error("the client was closed");
}
