import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** A server on a free port of this machine that speaks to whoever connects. */
export class LineServer {
  private readonly server: Server;
  private readonly clients: Socket[] = [];

  private constructor(server: Server) {
    this.server = server;
    server.on("connection", (client) => {
      client.on("error", () => {});
      this.clients.push(client);
    });
  }

  static async start(): Promise<LineServer> {
    const server = createServer();
    const started = new LineServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return started;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The newest client, once it is there. */
  async client(): Promise<Socket> {
    if (this.clients.length === 0) await once(this.server, "connection");
    return this.clients.at(-1)!;
  }

  async send(bytes: string | Uint8Array): Promise<void> {
    (await this.client()).write(bytes);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}
