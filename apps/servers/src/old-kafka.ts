import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "./free-port.js";
import { temporaryFolder } from "./guardian.js";
import { installOnce, runTool } from "./installation.js";
import { copyJars } from "./maven.js";
import { ServerProcess } from "./server-process.js";

/** The last release of the line in which records came to have times. */
const VERSION = "0.10.2.2";
/** What Java had itself when that was released. */
const JARS = [`org.apache.kafka:kafka_2.11:${VERSION}`, "javax.xml.bind:jaxb-api:2.3.1"];

const LOGGING = `log4j.rootLogger=WARN, out
log4j.logger.kafka.server.KafkaServer=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %c{1} %m%n
`;

/** A broker of Kafka 0.10, which keeps records as messages of the formats 0 and 1. */
export interface OldKafka {
  readonly bootstrap: string;
  /** Makes a topic of one partition; `format` 0 is that of 0.9 and before. */
  createTopic(topic: string, format: 0 | 1): Promise<void>;
  /** Writes lines by the producer of that release; what stands before a tab is the key. */
  produce(topic: string, lines: readonly string[], codec: "none" | "gzip" | "snappy" | "lz4"): Promise<void>;
  stop(): Promise<void>;
}

/** Installs Kafka 0.10 where that has not been done, and starts one broker with its ZooKeeper. */
export async function startOldKafka(): Promise<OldKafka> {
  const installed = await installOnce("old-kafka", JARS.join(), (filling) => copyJars(JARS, filling));
  const folder = temporaryFolder("old-kafka");
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const logging = file("log4j.properties", LOGGING);
  const java = [`-Dlog4j.configuration=file:${logging}`, "-Xmx256m", "-XX:+UseSerialGC"];
  java.push("-XX:TieredStopAtLevel=1", "-cp", join(installed, "*"));
  const [keeperPort, port] = (await freePorts(2)) as [number, number];
  const keeperAddress = `127.0.0.1:${keeperPort}`;
  mkdirSync(join(folder, "keeper"));
  const server = (
    name: string,
    program: string,
    properties: readonly string[],
    ready: RegExp,
  ): ServerProcess => {
    const settings = file(`${program}.properties`, properties.map((line) => `${line}\n`).join(""));
    return new ServerProcess({ name, command: "java", args: [...java, program, settings], folder, ready });
  };
  const keeper = server(
    "ZooKeeper",
    "org.apache.zookeeper.server.quorum.QuorumPeerMain",
    [`dataDir=${join(folder, "keeper")}`, `clientPort=${keeperPort}`, "clientPortAddress=127.0.0.1"],
    /standalone mode/,
  );
  const broker = server(
    `Kafka ${VERSION}`,
    "kafka.Kafka",
    [
      ...["broker.id=1", `listeners=PLAINTEXT://127.0.0.1:${port}`, `zookeeper.connect=${keeperAddress}`],
      ...[`log.dirs=${join(folder, "data")}`, "log.cleaner.dedupe.buffer.size=16777216"],
    ],
    /\[Kafka Server 1\], started/,
  );
  const stop = async (): Promise<void> => {
    await broker.end();
    await keeper.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await keeper.start();
    await broker.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const bootstrap = `127.0.0.1:${port}`;
  return {
    bootstrap,
    createTopic: async (topic, format) => {
      const how = [
        "--create",
        "--zookeeper",
        keeperAddress,
        "--partitions",
        "1",
        "--replication-factor",
        "1",
      ];
      const version = format === 0 ? "0.9.0" : "0.10.2";
      const settings = ["--topic", topic, "--config", `message.format.version=${version}`];
      await runTool("java", [...java, "kafka.admin.TopicCommand", ...how, ...settings]);
    },
    produce: async (topic, lines, codec) => {
      const input = file("lines.txt", lines.map((line) => `${line}\n`).join(""));
      const how = ["--broker-list", bootstrap, "--topic", topic, "--compression-codec", codec];
      const keys = ["--property", "parse.key=true", "--request-required-acks", "-1", "--sync"];
      const program = ["java", ...java, "kafka.tools.ConsoleProducer", ...how, ...keys];
      await runTool("sh", ["-c", 'input=$1; shift; "$@" < "$input"', "sh", input, ...program]);
    },
    stop,
  };
}
