import type { Certificates } from "./certificates.js";

/** The users of a secure broker. Each may do everything: there are no access lists. */
export const kafkaUsers = {
  plain: { username: "alice", password: "alice-secret" },
  scram: { username: "bob", password: "bob-secret" },
} as const;

/** The listeners of a secure broker besides the open one. */
export const SECURE_LISTENERS = ["SASL", "SASLSSL", "SSL", "MUTUAL", "EXPIRED"] as const;

/** One of {@link SECURE_LISTENERS}. */
export type SecureListener = (typeof SECURE_LISTENERS)[number];

/** One process of a cluster: a broker, the controller, or both in one. */
export interface KafkaNode {
  readonly id: number;
  readonly roles: readonly ("broker" | "controller")[];
  /** The open listener's port; a controller alone has none. */
  readonly port?: number;
  readonly securePorts?: Readonly<Record<SecureListener, number>>;
}

/** What all nodes of a cluster share. */
export interface KafkaClusterSettings {
  readonly controller: { readonly id: number; readonly port: number };
  readonly brokerCount: number;
  /** Present in a cluster with secure listeners. */
  readonly certificates?: Certificates;
  /** More settings of brokers, which win over those chosen here. */
  readonly properties: Readonly<Record<string, string>>;
}

const LOGIN = "org.apache.kafka.common.security";
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

/** The text of a node's `server.properties`. */
export function serverProperties(node: KafkaNode, settings: KafkaClusterSettings, folder: string): string {
  const all = { ...ownProperties(node, settings), "log.dirs": folder, ...settings.properties };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function ownProperties(node: KafkaNode, settings: KafkaClusterSettings): Record<string, string> {
  const { controller, certificates } = settings;
  const replicas = String(Math.min(settings.brokerCount, 3));
  const own: Record<string, string> = {
    "process.roles": node.roles.join(","),
    "node.id": String(node.id),
    "controller.quorum.voters": `${controller.id}@127.0.0.1:${controller.port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": [
      "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,SASLSSL:SASL_SSL",
      "SSL:SSL,MUTUAL:SSL,EXPIRED:SSL",
    ].join(),
    "num.partitions": "4",
    "default.replication.factor": replicas,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "num.network.threads": "2",
    "num.io.threads": "4",
    // A broker that is gone is noticed at once.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    ...listeners(node, settings),
  };
  return certificates === undefined || !node.roles.includes("broker")
    ? own
    : { ...own, ...secureProperties(certificates) };
}

function listeners(node: KafkaNode, { controller }: KafkaClusterSettings): Record<string, string> {
  const address = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;
  const own = node.roles.includes("controller") ? [address("CONTROLLER", controller.port)] : [];
  if (node.port === undefined) return { listeners: own.join() };
  const secure = node.securePorts === undefined ? [] : Object.entries(node.securePorts);
  const open = [address("PLAINTEXT", node.port), ...secure.map(([name, port]) => address(name, port))];
  return {
    listeners: [...open, ...own].join(),
    "advertised.listeners": open.join(),
    "inter.broker.listener.name": "PLAINTEXT",
  };
}

function secureProperties({ server, expired, authorityFile }: Certificates): Record<string, string> {
  const own: Record<string, string> = { "sasl.enabled.mechanisms": MECHANISMS.join() };
  const { username, password } = kafkaUsers.plain;
  const logins = {
    plain: `${LOGIN}.plain.PlainLoginModule required user_${username}="${password}";`,
    "scram-sha-256": `${LOGIN}.scram.ScramLoginModule required;`,
    "scram-sha-512": `${LOGIN}.scram.ScramLoginModule required;`,
    // Takes tokens that nobody signed: `alg` is `none`.
    oauthbearer: `${LOGIN}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  };
  for (const listener of ["sasl", "saslssl"])
    for (const [mechanism, login] of Object.entries(logins))
      own[`listener.name.${listener}.${mechanism}.sasl.jaas.config`] = login;
  for (const listener of ["saslssl", "ssl", "mutual", "expired"]) {
    const certificate = listener === "expired" ? expired : server;
    own[`listener.name.${listener}.ssl.keystore.type`] = "PEM";
    own[`listener.name.${listener}.ssl.keystore.location`] = certificate.chainFile;
    own[`listener.name.${listener}.ssl.truststore.type`] = "PEM";
    own[`listener.name.${listener}.ssl.truststore.location`] = authorityFile;
  }
  own["listener.name.mutual.ssl.client.auth"] = "required";
  return own;
}
