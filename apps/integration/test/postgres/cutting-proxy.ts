import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between clients and a server, and keeps one answer to itself, along with the connection. */
export class CuttingProxy {
  /** How many connections were cut. */
  cuts = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private word: string | undefined;
  private isSilent = false;

  private constructor(serverPort: number) {
    this.server = createServer({ allowHalfOpen: true }, (client) =>
      this.join(client, connect(serverPort, "127.0.0.1")),
    );
  }

  static async start(serverPort: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(serverPort);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts the next connection whose server answers with this word in the text. */
  cutAtAnswer(word: string): void {
    this.word = word;
  }

  /** Keeps all answers from now on to itself, along with the ends of connections. */
  fallSilent(): void {
    this.isSilent = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (this.isSilent && socket === server) return;
        client.destroy();
        server.destroy();
      });
    }
    client.on("end", () => {
      if (!this.isSilent) server.end();
    });
    client.on("data", (data) => server.write(data));
    server.on("data", (data) => {
      if (this.isSilent) return;
      if (this.word === undefined || !data.includes(this.word)) return void client.write(data);
      this.word = undefined;
      this.cuts++;
      client.destroy();
    });
  }
}
