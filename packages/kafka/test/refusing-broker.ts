import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

const METADATA = 3;
const API_VERSIONS = 18;
const SASL_HANDSHAKE = 17;
const SASL_AUTHENTICATE = 36;
const AUTHENTICATION_FAILED = 58;

/** A broker of a cluster without topics that lets nobody log in: it answers as Kafka does, and closes the connection a little later. */
export function startRefusingBroker(): Promise<{ readonly address: string; stop(): void }> {
  return startBroker(serving(() => true));
}

/** The same, but it ends the connection in the middle of the login, as one does that is about to stop. */
export function startLeavingBroker(): Promise<{ readonly address: string; stop(): void }> {
  return startBroker(
    serving(
      () => true,
      (apiKey) => apiKey !== SASL_AUTHENTICATE,
    ),
  );
}

/** A broker that says what it can do and then no more. */
export function startHangingBroker(): Promise<{ readonly address: string; stop(): void }> {
  return startBroker(serving((apiKey) => apiKey === API_VERSIONS));
}

/** A broker that ends the connection in the middle of its first answer with metadata, and gives the next ones in full. */
export function startCuttingBroker(): Promise<{ readonly address: string; stop(): void }> {
  let cuts = 1;
  const isWhole = (apiKey: number): boolean => apiKey !== METADATA || cuts-- <= 0;
  return startBroker(serving(() => true, isWhole));
}

/** A broker of a cluster without topics that names the brokers there are; `connections` is how many it has now. */
export async function startNamingBroker(
  brokers: () => readonly string[],
  host = "127.0.0.1",
): Promise<RunningBroker> {
  return startBroker(
    serving(
      () => true,
      () => true,
      brokers,
    ),
    host,
  );
}

/** A broker of a test. */
export interface RunningBroker {
  readonly address: string;
  readonly sockets: ReadonlySet<Socket>;
  stop(): void;
}

function serving(
  answers: (apiKey: number) => boolean,
  isWhole: (apiKey: number) => boolean = () => true,
  brokers: () => readonly string[] = () => [],
): (socket: Socket) => void {
  return (socket) => {
    let seen = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      seen = Buffer.concat([seen, bytes]);
      while (seen.length >= 4 && seen.length >= 4 + seen.readInt32BE(0)) {
        const [apiKey, version, correlation] = [
          seen.readInt16BE(4),
          seen.readInt16BE(6),
          seen.readInt32BE(8),
        ];
        seen = seen.subarray(4 + seen.readInt32BE(0));
        if (!answers(apiKey)) continue;
        const body = answerTo(apiKey, version, brokers());
        const head = Buffer.alloc(8);
        head.writeInt32BE(4 + body.length, 0);
        head.writeInt32BE(correlation, 4);
        const answer = Buffer.concat([head, body]);
        if (!isWhole(apiKey)) {
          socket.end(answer.subarray(0, answer.length >> 1));
          return;
        }
        socket.write(answer);
        if (apiKey === SASL_AUTHENTICATE) setTimeout(() => socket.destroy(), 100);
      }
    });
  };
}

/** A broker that takes connections and says nothing. */
export function startSilentBroker(): Promise<{ readonly address: string; stop(): void }> {
  return startBroker(() => {});
}

async function startBroker(serve: (socket: Socket) => void, host = "127.0.0.1"): Promise<RunningBroker> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    sockets,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answerTo(apiKey: number, version: number, brokers: readonly string[]): Buffer {
  switch (apiKey) {
    case API_VERSIONS: {
      const known: [number, number][] = [
        [METADATA, 4],
        [SASL_HANDSHAKE, 1],
        [API_VERSIONS, 2],
        [SASL_AUTHENTICATE, 0],
      ];
      const keys = known.map(([key, highest]) => Buffer.concat([int16(key), int16(0), int16(highest)]));
      const throttle = version >= 1 ? int32(0) : Buffer.alloc(0);
      return Buffer.concat([int16(0), int32(keys.length), ...keys, throttle]);
    }
    case METADATA:
      // no time to wait, the brokers, no name, no controller, no topics
      return Buffer.concat([
        int32(0),
        int32(brokers.length),
        ...brokers.map((address, nodeId) => brokerAt(address, nodeId)),
        int16(-1),
        int32(-1),
        int32(0),
      ]);
    case SASL_HANDSHAKE:
      return Buffer.concat([int16(0), int32(1), text("PLAIN")]);
    default:
      return Buffer.concat([int16(AUTHENTICATION_FAILED), text("no"), int32(0)]);
  }
}

function brokerAt(address: string, nodeId: number): Buffer {
  const [, host, port] = /^(.*):(\d+)$/.exec(address)!;
  return Buffer.concat([int32(nodeId), text(host!), int32(Number(port)), int16(-1)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(value.length), Buffer.from(value)]);
}
