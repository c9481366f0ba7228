import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, missingForCertificates, testCertificates } from "./certificates.js";
import { freePort, freePorts } from "./free-port.js";
import { temporaryFolder } from "./guardian.js";
import { runTool } from "./installation.js";
import { installKafka, type KafkaInstallation, keepClasses } from "./kafka-installation.js";
import {
  type KafkaClusterSettings,
  type KafkaNode,
  kafkaUsers,
  SECURE_LISTENERS,
  type SecureListener,
  serverProperties,
} from "./kafka-settings.js";
import { missingForMaven } from "./maven.js";
import { type Server, ServerProcess } from "./server-process.js";

export { kafkaUsers } from "./kafka-settings.js";

/** Settings of {@link startKafka}. */
export interface KafkaOptions {
  /** 1 unless told; with more, the controller is a process of its own, so that any broker can be killed. */
  readonly brokers?: number;
  /** Adds the listeners of {@link SecureKafka}. */
  readonly secure?: boolean;
  /** Settings of brokers, such as `auto.create.topics.enable`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** A broker's largest heap, `512m` unless told. */
  readonly heap?: string;
}

/** One broker of a cluster. */
export interface KafkaBroker {
  /** What replica lists call it: 1, 2 and so on. */
  readonly id: number;
  /** Its open listener. */
  readonly address: string;
  readonly isRunning: boolean;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
  /** Ends it as an operator does: it hands its leaders over first. */
  shutDown(): Promise<void>;
  /** Starts it again on its data and ports; it is killed first where it runs. */
  restart(): Promise<void>;
}

/** Addresses of a secure cluster, each for `bootstrap`, and what goes with them. */
export interface SecureKafka {
  /** SASL without TLS: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER (unsigned tokens). */
  readonly sasl: string;
  /** The same over TLS. */
  readonly saslSsl: string;
  readonly ssl: string;
  /** TLS that asks for the client's certificate. */
  readonly mutualSsl: string;
  /** TLS with a server's certificate that has expired. */
  readonly expiredSsl: string;
  readonly certificates: Certificates;
  /** `plain` is known to PLAIN, `scram` to both of SCRAM. */
  readonly users: typeof kafkaUsers;
}

/** A running Apache Kafka. The controls concern all its processes at once. */
export interface Kafka extends Server {
  /** The open listeners of all brokers, with commas. */
  readonly bootstrap: string;
  readonly brokers: readonly KafkaBroker[];
  /** The secure listeners; an error where the cluster was not started with `secure`. */
  readonly secure: SecureKafka;
}

const CONTROLLER_ALONE = 100;
const CLUSTER_ID = "c3RydWN0dXJlZHN0cmVhbQ";
const LOGGING = `<Configuration status="ERROR">
<Appenders><Console name="out"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
<Loggers><Root level="warn"><AppenderRef ref="out"/></Root>
<Logger name="kafka.server.KafkaRaftServer" level="info"/></Loggers></Configuration>
`;

/** Why Kafka cannot run on this machine, or undefined where it can. */
export const missingForKafka = (): string | undefined => missingForMaven() ?? missingForCertificates();

/**
 * Installs Apache Kafka where that has not been done, and starts a cluster of its own, on ports that are free.
 *
 * One broker takes some 5 s and 250 MB. Topics are created on first use, with 4 partitions.
 *
 * @example
 * const kafka = await startKafka();
 * const client = new Kafka({ brokers: kafka.bootstrap.split(",") });
 * await kafka.kill();
 * await kafka.restart();
 * await kafka.stop();
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const installation = await installKafka();
  await keepClasses(installation, (javaArguments) => runOnce(installation, javaArguments));
  return startCluster(installation, options, []);
}

/** Runs a broker with nothing to do, to its orderly end. */
async function runOnce(installation: KafkaInstallation, javaArguments: readonly string[]): Promise<void> {
  const kafka = await startCluster(installation, {}, javaArguments);
  await kafka.brokers[0]!.shutDown();
  await kafka.stop();
}

async function startCluster(
  installation: KafkaInstallation,
  { brokers = 1, secure = false, properties = {}, heap = "512m" }: KafkaOptions,
  javaArguments: readonly string[],
): Promise<Kafka> {
  const nodes = await planBrokers(brokers, secure);
  const certificates = secure ? await testCertificates() : undefined;
  const settings: KafkaClusterSettings = {
    controller: { id: brokers === 1 ? 1 : CONTROLLER_ALONE, port: await freePort() },
    brokerCount: brokers,
    properties,
    ...(certificates === undefined ? {} : { certificates }),
  };
  const folder = temporaryFolder("kafka");
  const start = (node: KafkaNode) =>
    prepareNode(installation, node, settings, { folder, heap, javaArguments });
  const controllers = brokers === 1 ? [] : [await start({ id: CONTROLLER_ALONE, roles: ["controller"] })];
  const servers = await Promise.all(nodes.map(start));
  const kafka = clusterOf(nodes, servers, controllers, folder, certificates);
  try {
    await kafka.restart();
    return kafka;
  } catch (error) {
    await kafka.stop();
    throw error;
  }
}

async function planBrokers(count: number, secure: boolean): Promise<KafkaNode[]> {
  const nodes: KafkaNode[] = [];
  for (let id = 1; id <= count; id++) {
    const roles: KafkaNode["roles"] = count === 1 ? ["broker", "controller"] : ["broker"];
    const node = { id, roles, port: await freePort() };
    nodes.push(secure ? { ...node, securePorts: await planSecurePorts() } : node);
  }
  return nodes;
}

async function planSecurePorts(): Promise<Record<SecureListener, number>> {
  const ports = await freePorts(SECURE_LISTENERS.length);
  return Object.fromEntries(SECURE_LISTENERS.map((name, k) => [name, ports[k]!])) as Record<
    SecureListener,
    number
  >;
}

interface NodePlace {
  readonly folder: string;
  readonly heap: string;
  readonly javaArguments: readonly string[];
}

/** Formats the folder of a node and gives the server that will run on it. */
async function prepareNode(
  installation: KafkaInstallation,
  node: KafkaNode,
  settings: KafkaClusterSettings,
  place: NodePlace,
): Promise<ServerProcess> {
  const folder = join(place.folder, String(node.id));
  mkdirSync(folder);
  const propertiesFile = join(folder, "server.properties");
  const logging = join(folder, "log4j2.xml");
  writeFileSync(propertiesFile, serverProperties(node, settings, join(folder, "data")));
  writeFileSync(logging, LOGGING);
  const java = [`-Dlog4j2.configurationFile=${logging}`, ...installation.javaArguments(place.heap)];
  const format = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", propertiesFile];
  await runTool("java", [...java, ...format, ...scramUsers(settings)], folder);
  return new ServerProcess({
    name: `Kafka's node ${node.id}`,
    command: "java",
    args: [...place.javaArguments, ...java, "kafka.Kafka", propertiesFile],
    folder,
    ready: /Kafka Server started/,
  });
}

function scramUsers({ certificates }: KafkaClusterSettings): string[] {
  if (certificates === undefined) return [];
  const { username, password } = kafkaUsers.scram;
  return ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
    "--add-scram",
    `${mechanism}=[name=${username},password=${password}]`,
  ]);
}

function clusterOf(
  nodes: readonly KafkaNode[],
  servers: readonly ServerProcess[],
  controllers: readonly ServerProcess[],
  folder: string,
  certificates: Certificates | undefined,
): Kafka {
  const all = [...controllers, ...servers];
  const kill = async () => {
    await Promise.all(all.map((server) => server.end()));
  };
  return {
    bootstrap: nodes.map((node) => `127.0.0.1:${node.port}`).join(),
    brokers: nodes.map((node, k) => brokerOf(node, servers[k]!)),
    get secure() {
      if (certificates === undefined) throw new Error("This Kafka was started without `secure: true`");
      return secureOf(nodes, certificates);
    },
    kill,
    restart: async () => {
      await kill();
      await Promise.all(all.map((server) => server.start()));
    },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
    output: () => all.map((server) => server.output).join("\n"),
  };
}

function brokerOf(node: KafkaNode, server: ServerProcess): KafkaBroker {
  return {
    id: node.id,
    address: `127.0.0.1:${node.port}`,
    get isRunning() {
      return server.isRunning;
    },
    kill: () => server.end(),
    shutDown: () => server.end("SIGTERM"),
    restart: async () => {
      await server.end();
      await server.start();
    },
  };
}

function secureOf(nodes: readonly KafkaNode[], certificates: Certificates): SecureKafka {
  const at = (name: SecureListener): string =>
    nodes.map((node) => `127.0.0.1:${node.securePorts![name]}`).join();
  return {
    sasl: at("SASL"),
    saslSsl: at("SASLSSL"),
    ssl: at("SSL"),
    mutualSsl: at("MUTUAL"),
    expiredSsl: at("EXPIRED"),
    certificates,
    users: kafkaUsers,
  };
}
