import type { SaslSettings } from "../client/client-settings.js";
import { type JaasEntry, parseJaas } from "./jaas.js";
import { type KafkaProperties, missingProperty, unsupportedProperty } from "./kafka-properties.js";
import { clientCredentialsToken } from "./oauth-token.js";

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"] as const;

/** How to log in, by `sasl.mechanism` and `sasl.jaas.config`. */
export function saslSettings(properties: KafkaProperties): SaslSettings {
  const name = properties.text("sasl.mechanism", "GSSAPI");
  const mechanism = MECHANISMS.find((known) => known === name.toLowerCase());
  if (mechanism === undefined)
    throw unsupportedProperty(
      "sasl.mechanism",
      name,
      "Kerberos needs native code; use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER.",
    );
  const text = properties.get("sasl.jaas.config");
  if (mechanism === "oauthbearer") {
    const entry = text === undefined ? undefined : parseJaas(text);
    return { mechanism, token: clientCredentialsToken(properties, entry) };
  }
  if (text === undefined)
    throw missingProperty("sasl.jaas.config", `${name} needs a user name and a password`);
  const { options } = checked(parseJaas(text));
  const [username, password] = [options.get("username"), options.get("password")];
  if (username === undefined || password === undefined)
    throw missingProperty("sasl.jaas.config", "its entry has no username or no password");
  return { mechanism, username, password };
}

function checked(entry: JaasEntry): JaasEntry {
  if (entry.options.get("tokenauth")?.toLowerCase() === "true")
    throw unsupportedProperty(
      "sasl.jaas.config",
      "tokenauth=true",
      "Delegation tokens are not supported; log in as a user with a password.",
    );
  return entry;
}
