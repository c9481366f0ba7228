import { type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import type { ClientSettings, SaslSettings } from "./client-settings.js";
import { kafkajsServer } from "./server-address.js";
import type { Sockets } from "./sockets.js";

/** The settings of a client as kafkajs takes them; its connections are kept in `sockets`. */
export function kafkajsConfig(settings: ClientSettings, sockets: Sockets): KafkaConfig {
  return {
    brokers: settings.brokers.map(kafkajsServer),
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeoutMs,
    authenticationTimeout: settings.connectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    ...(settings.tls === null ? {} : { ssl: settings.tls }),
    ...(settings.sasl === null ? {} : { sasl: saslOptions(settings.sasl) }),
    // calls repeat themselves, and what kafkajs logs would name no query
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    logCreator: () => () => {},
    socketFactory: sockets.factory,
  };
}

function saslOptions(sasl: SaslSettings): SASLOptions {
  if (sasl.mechanism === "oauthbearer")
    return { mechanism: sasl.mechanism, oauthBearerProvider: async () => ({ value: await sasl.token() }) };
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password } as SASLOptions;
}
