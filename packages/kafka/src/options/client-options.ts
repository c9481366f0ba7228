import { StreamError } from "@ss/core";
import type { ClientSettings } from "../client/client-settings.js";
import type { KafkaProperties } from "./kafka-properties.js";
import { saslSettings } from "./sasl-options.js";
import { tlsSettings } from "./tls-options.js";

/**
 * How to reach the cluster: `kafka.bootstrap.servers`, `kafka.security.protocol`, `kafka.sasl.*`, `kafka.ssl.*` and the timeouts, with Kafka's
 * names and defaults. `timeout` is the property that says how long a call is repeated: a producer of Kafka has another one for that.
 */
export function clientSettings(
  properties: KafkaProperties,
  clientId: string,
  timeout: "default.api.timeout.ms" | "max.block.ms" = "default.api.timeout.ms",
): ClientSettings {
  const protocol = properties.choice(
    "security.protocol",
    ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"],
    "plaintext",
  );
  return {
    brokers: bootstrapServers(properties),
    clientId: properties.text("client.id", clientId),
    tls: protocol.endsWith("ssl") ? tlsSettings(properties) : null,
    sasl: protocol.startsWith("sasl") ? saslSettings(properties) : null,
    connectionTimeoutMs: properties.integer("socket.connection.setup.timeout.ms", 10_000, 1),
    requestTimeoutMs: properties.integer("request.timeout.ms", 30_000, 1),
    callTimeoutMs: properties.long(timeout, 60_000),
    callTimeoutOption: `kafka.${timeout}`,
    retryBackoffMs: properties.long("retry.backoff.ms", 100, 1),
    retryBackoffMaxMs: properties.long("retry.backoff.max.ms", 1000, 1),
  };
}

function bootstrapServers(properties: KafkaProperties): readonly string[] {
  const servers = (properties.get("bootstrap.servers") ?? "")
    .split(",")
    .map((server) => server.trim())
    .filter((server) => server !== "");
  if (servers.length === 0)
    throw illegalArgument(
      "Option 'kafka.bootstrap.servers' must be specified for configuring Kafka: host:port of one or more brokers, separated by commas.",
    );
  for (const server of servers)
    if (!/^\[?[^\s/]+\]?:\d{1,5}$/.test(server))
      throw illegalArgument(`Option 'kafka.bootstrap.servers' holds '${server}', which is no host:port.`);
  return servers;
}

/** What Spark refuses with an IllegalArgumentException. */
export function illegalArgument(message: string): StreamError {
  return new StreamError({ condition: "SS_KAFKA_ILLEGAL_OPTION", sqlState: "22023", message });
}
