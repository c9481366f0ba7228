import { missingForKafka, missingForPostgres, type Server, startKafka, startPostgres } from "@ss/app-servers";
import type { Flags } from "./flags.js";
import type { Print } from "./print.js";

/** The servers of a run. */
export interface Servers {
  readonly brokers: string;
  /** The URL of a database; undefined where none is needed. */
  readonly postgres: string | undefined;
  /** Stops those that were started. */
  stop(): Promise<void>;
}

/** Starts the servers that the flags do not name. */
export async function startServers(flags: Flags, print: Print): Promise<Servers> {
  requireTools(flags);
  const started: Server[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started) await server.stop();
  };
  try {
    let { brokers, postgres } = flags;
    if (brokers === undefined) {
      print("Starting an Apache Kafka (installed by Maven at the first time) ...");
      const kafka = await startKafka();
      started.push(kafka);
      brokers = kafka.bootstrap;
    }
    if (postgres === undefined && flags.to === "postgres") {
      print("Starting a PostgreSQL ...");
      const server = await startPostgres();
      started.push(server);
      postgres = server.url;
    }
    return { brokers, postgres, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Says what is missing before anything is started. */
function requireTools({ brokers, postgres, to }: Flags): void {
  const noKafka = brokers === undefined ? missingForKafka() : undefined;
  if (noKafka !== undefined)
    throw new Error(`No Kafka can be started here: ${noKafka}. Name one with --brokers HOST:PORT.`);
  const noPostgres = to === "postgres" && postgres === undefined ? missingForPostgres() : undefined;
  if (noPostgres !== undefined)
    throw new Error(`No PostgreSQL can be started here: ${noPostgres}. Name one with --postgres URL.`);
}
