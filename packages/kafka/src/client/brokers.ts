import type { Socket } from "node:net";
import { StreamError } from "@ss/core";
import { Kafka } from "kafkajs";
import { ByteWriter } from "../protocol/byte-writer.js";
import type { BrokerAddress } from "../protocol/metadata.js";
import type { ApiVersions, Request } from "../protocol/request.js";
import { unknownKafkajs } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import { kafkajsConfig } from "./kafkajs-config.js";
import { addressOf, type ServerAddress } from "./server-address.js";
import { Sockets } from "./sockets.js";

/*
 * kafkajs has no public way to send a request of one's own, so this file, and no other, reaches into it: connections, their authentication
 * and the order of requests and answers are kafkajs', what they carry is ours. That is why its version is pinned.
 */
const CREATE_CLUSTER = "private:Kafka:createCluster";

const NO_BYTES = new Uint8Array(0);

interface ConnectionPool {
  getConnectionByRequest(call: { readonly request: { readonly apiKey: number } }): Promise<Connection>;
}

interface Connection {
  readonly clientId: string;
  readonly socket: Socket;
  readonly requestQueue: {
    push(call: {
      readonly entry: RequestEntry;
      readonly expectResponse: boolean;
      readonly requestTimeout: number;
      sendRequest(): void;
    }): void;
  };
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
}

interface RequestEntry {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly correlationId: number;
  resolve(answer: { readonly payload: Uint8Array | null }): void;
  reject(error: unknown): void;
}

interface Broker {
  readonly versions: ApiVersions | null;
  readonly connectionPool: ConnectionPool;
  isConnected(): boolean;
  connect(): Promise<void>;
}

interface Cluster {
  readonly connectionPoolBuilder: { build(address: object): Promise<ConnectionPool> };
  readonly brokerPool: { readonly rootLogger: object; createBroker(options: object): Broker };
}

/** A broker and what is under way to reach it, which everyone shares: kafkajs takes two who connect at a time for two connections. */
interface KnownBroker extends ServerAddress {
  readonly broker: Broker;
  opening: Promise<unknown> | null;
  openingFetch: Promise<Connection> | null;
}

/** In a pool of kafkajs, requests for records have a connection of their own. */
const FETCH_API_KEY = 1;

/** Connections to the brokers of a cluster, made when they are needed, over which any request can be sent. */
export class Brokers {
  private readonly settings: ClientSettings;
  private readonly sockets = new Sockets();
  private readonly cluster: Cluster;
  private readonly known = new Map<number, KnownBroker>();
  /** The broker to ask where no other is connected: one that the settings name, or that others have named before. */
  private seed: KnownBroker | null = null;
  private readonly named: readonly ServerAddress[];
  /** Where each broker was last, also of those that could not be reached since. */
  private readonly heardOf = new Map<number, ServerAddress>();
  /** Addresses that have failed since they were of use, as text. */
  private readonly failed = new Set<string>();

  constructor(settings: ClientSettings) {
    this.settings = settings;
    this.named = settings.brokers.map(addressOf);
    this.cluster = clusterOf(new Kafka(kafkajsConfig(settings, this.sockets)));
  }

  /** Sends a request to a broker of the cluster, or, with null, to any. `waitMs` is how long the broker itself may wait. */
  async send<T>(
    nodeId: number | null,
    request: (versions: ApiVersions) => Request<T>,
    waitMs = 0,
  ): Promise<T> {
    const known = nodeId === null ? await this.anyBroker() : await this.brokerOf(nodeId);
    const made = request(known.broker.versions ?? {});
    try {
      const connection = await connectionFor(known, made);
      if (!connection.isAuthenticated()) await connection.authenticate();
      connection.failIfNotConnected();
      const answer = await exchange(connection, made, this.settings.requestTimeoutMs + waitMs);
      const result = made.read(answer ?? NO_BYTES);
      this.failed.delete(textOf(known));
      return result;
    } catch (error) {
      this.drop(known);
      throw error;
    }
  }

  /** Takes over which brokers there are. Connections to where one was before end. */
  async update(addresses: readonly BrokerAddress[]): Promise<void> {
    for (const address of addresses) {
      const { nodeId, host, port, rack } = address;
      this.heardOf.set(nodeId, { host, port });
      const present = this.known.get(nodeId);
      if (present !== undefined && isAt(present, address)) continue;
      this.known.set(nodeId, await this.build({ host, port }, { nodeId, rack }));
      if (present !== undefined && !this.brokersAt(present)) this.sockets.destroyTo(present);
    }
  }

  /** Ends the connections to a broker, so that requests which it holds back fail; the next request makes new ones. */
  async reconnect(nodeId: number): Promise<void> {
    const present = this.known.get(nodeId);
    if (present === undefined) return;
    this.known.set(nodeId, await this.build(present, { nodeId }));
    if (this.seed !== null && isAt(this.seed, present)) this.seed = null;
    this.sockets.destroyTo(present);
  }

  /** Where brokers are: those that could be reached last, and then those of the settings. */
  get addresses(): readonly string[] {
    return [...new Set([...this.known.values(), ...this.named].map(textOf))];
  }

  /** Ends all connections; requests that are under way fail. */
  close(): void {
    this.sockets.destroy();
  }

  /**
   * Never uses the connections to a broker again after one of them has failed: one that ended in the middle of an answer keeps that half, and
   * kafkajs would put it before the first answer of the next. Whoever asks for metadata next makes new ones.
   */
  private drop(known: KnownBroker): void {
    this.failed.add(textOf(known));
    const nodes = [...this.known].filter(([, present]) => present === known);
    if (nodes.length === 0 && this.seed !== known) return;
    // the connections of all that are at the address end
    for (const [nodeId, present] of this.known) if (isAt(present, known)) this.known.delete(nodeId);
    if (this.seed !== null && isAt(this.seed, known)) this.seed = null;
    this.sockets.destroyTo(known);
  }

  private brokersAt(address: ServerAddress): boolean {
    const present = [...this.known.values(), ...(this.seed === null ? [] : [this.seed])];
    return present.some((broker) => isAt(broker, address));
  }

  private async brokerOf(nodeId: number): Promise<KnownBroker> {
    const known = this.known.get(nodeId);
    if (known === undefined)
      throw new StreamError({
        condition: "SS_KAFKA_UNKNOWN_BROKER",
        parameters: { nodeId: String(nodeId) },
        message: `The cluster has no broker ${nodeId} any more.`,
        recovery: "retry",
      });
    return this.connect(known);
  }

  private async anyBroker(): Promise<KnownBroker> {
    const connected = [...this.known.values()].find(({ broker }) => broker.isConnected());
    if (connected) return this.connect(connected);
    const built = this.seed ?? (await this.build(this.nextAddress()));
    this.seed ??= built;
    // where it fails the next try goes to the next address
    return this.connect(this.seed);
  }

  /** Of the addresses that the settings name, and behind them those that brokers have named, the first that has not failed of late. */
  private nextAddress(): ServerAddress {
    const addresses = [...this.named, ...this.heardOf.values()];
    const fresh = addresses.find((address) => !this.failed.has(textOf(address)));
    if (fresh !== undefined) return fresh;
    this.failed.clear();
    return addresses[0]!;
  }

  private async connect(known: KnownBroker): Promise<KnownBroker> {
    known.opening ??= known.broker.connect().finally(() => {
      known.opening = null;
    });
    try {
      await known.opening;
      return known;
    } catch (error) {
      this.drop(known);
      throw error;
    }
  }

  private async build(
    { host, port }: ServerAddress,
    identity: { readonly nodeId?: number; readonly rack?: string | null } = {},
  ): Promise<KnownBroker> {
    const { connectionPoolBuilder, brokerPool } = this.cluster;
    const connectionPool = await connectionPoolBuilder.build({ host, port, rack: identity.rack });
    const { nodeId } = identity;
    const broker = brokerPool.createBroker({ logger: brokerPool.rootLogger, connectionPool, nodeId });
    return { host, port, broker, opening: null, openingFetch: null };
  }
}

function textOf({ host, port }: ServerAddress): string {
  return `${host}:${port}`;
}

function isAt(broker: ServerAddress, { host, port }: ServerAddress): boolean {
  return broker.host === host && broker.port === port;
}

async function connectionFor(known: KnownBroker, request: Request<unknown>): Promise<Connection> {
  const open = (): Promise<Connection> => known.broker.connectionPool.getConnectionByRequest({ request });
  if (request.apiKey !== FETCH_API_KEY) return open();
  known.openingFetch ??= open().finally(() => {
    known.openingFetch = null;
  });
  return known.openingFetch;
}

/**
 * Sends a request and gives the bytes of its answer. In the place of the connection's own `send`, which would copy a request twice: its pieces go
 * out as they are.
 */
function exchange(
  connection: Connection,
  { apiKey, apiName, apiVersion, isAnswered = true, write }: Request<unknown>,
  requestTimeout: number,
): Promise<Uint8Array | null> {
  const correlationId = connection.nextCorrelationId();
  const head = new ByteWriter();
  head.int16(apiKey).int16(apiVersion).int32(correlationId).string(connection.clientId);
  const body = new ByteWriter();
  write(body);
  const size = new ByteWriter().int32(head.size + body.size);
  const pieces = [...size.pieces, ...head.pieces, ...body.pieces];
  return new Promise((resolve, reject) => {
    connection.requestQueue.push({
      entry: {
        ...{ apiKey, apiName, apiVersion, correlationId, reject },
        resolve: ({ payload }) => resolve(payload),
      },
      expectResponse: isAnswered,
      requestTimeout,
      sendRequest: () => {
        const { socket } = connection;
        socket.cork();
        for (const piece of pieces) socket.write(piece);
        socket.uncork();
      },
    });
  });
}

function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  const create: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof create !== "function") throw unknownKafkajs();
  return (create as (options: object) => Cluster)({ allowAutoTopicCreation: false });
}
