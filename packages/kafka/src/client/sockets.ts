import net from "node:net";
import tls from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { hostOf } from "./server-address.js";

const KEEP_ALIVE_MS = 60_000;

/** The sockets of one client, so that closing it does not wait for requests that a broker holds back. */
export class Sockets {
  private readonly open = new Map<net.Socket, string>();
  private isClosed = false;

  readonly factory: ISocketFactory = ({ host: wanted, port, ssl, onConnect }) => {
    const host = hostOf(wanted);
    const socket = ssl
      ? tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // requests are small and wait for an answer
    socket.setNoDelay(true);
    this.open.set(socket, `${host}:${port}`);
    socket.once("close", () => this.open.delete(socket));
    if (this.isClosed) socket.destroy(closed());
    return socket;
  };

  /** Ends the connections to one address, so that what waits for an answer over them fails. */
  destroyTo({ host, port }: { readonly host: string; readonly port: number }): void {
    for (const [socket, address] of this.open)
      if (address === `${host}:${port}`) socket.destroy(new Error("the broker did not answer"));
  }

  /** Ends all connections at once. */
  destroy(): void {
    this.isClosed = true;
    for (const socket of this.open.keys()) socket.destroy(closed());
  }
}

function closed(): Error {
  return new Error("the client was closed");
}
