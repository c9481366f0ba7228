import { readFileSync } from "node:fs";
import { type ConnectionOptions, createSecureContext } from "node:tls";
import { StreamError } from "@ss/core";
import { invalidProperty, type KafkaProperties, unsupportedProperty } from "./kafka-properties.js";

/**
 * TLS by `ssl.truststore.*`, `ssl.keystore.*`, `ssl.key.password` and `ssl.endpoint.identification.algorithm`. Certificates are in PEM, in a file
 * or in the option itself; a key store may be PKCS12, too.
 */
export function tlsSettings(properties: KafkaProperties): ConnectionOptions {
  const ca = trusted(properties);
  const checksNames = properties.text("ssl.endpoint.identification.algorithm", "https").trim() !== "";
  return checked({
    ...(ca === undefined ? {} : { ca }),
    ...(checksNames ? {} : { checkServerIdentity: () => undefined }),
    ...ownCertificate(properties),
  });
}

/** Opens keys and certificates: a connection that cannot even be begun would be tried again until the time for a call is over. */
function checked(settings: ConnectionOptions): ConnectionOptions {
  if (settings.cert === undefined && settings.pfx === undefined) return settings;
  try {
    createSecureContext(settings);
    return settings;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new StreamError({
      condition: "SS_KAFKA_TLS_FAILED",
      parameters: { reason },
      message:
        `The key and the certificate of kafka.ssl.keystore.* cannot be opened: ${reason}. Check kafka.ssl.keystore.type, and the passwords in ` +
        "kafka.ssl.keystore.password and kafka.ssl.key.password.",
      cause,
    });
  }
}

function trusted(properties: KafkaProperties): string | undefined {
  const given = properties.get("ssl.truststore.certificates");
  const location = properties.get("ssl.truststore.location");
  const type = properties.text("ssl.truststore.type", location === undefined ? "PEM" : typeBy(location));
  // the password protects a store, and PEM files of certificates have none
  properties.get("ssl.truststore.password");
  if (given === undefined && location === undefined) return undefined;
  if (type.toUpperCase() !== "PEM")
    throw unsupportedProperty(
      "ssl.truststore.type",
      type,
      "Export its certificates to a PEM file: keytool -exportcert -rfc.",
    );
  return given ?? contents("ssl.truststore.location", location!).toString("utf8");
}

function ownCertificate(properties: KafkaProperties): ConnectionOptions {
  const chain = properties.get("ssl.keystore.certificate.chain");
  const key = properties.get("ssl.keystore.key");
  const location = properties.get("ssl.keystore.location");
  const type = properties.text("ssl.keystore.type", location === undefined ? "PEM" : typeBy(location));
  const keyPassword = properties.get("ssl.key.password");
  const passphrase = keyPassword ?? properties.get("ssl.keystore.password");
  const secret = passphrase === undefined ? {} : { passphrase };
  if (location !== undefined) {
    const store = contents("ssl.keystore.location", location);
    if (type.toUpperCase() === "PKCS12") return { pfx: store, ...secret };
    if (type.toUpperCase() === "PEM") return { cert: store, key: store, ...secret };
    throw unsupportedProperty(
      "ssl.keystore.type",
      type,
      "Use PKCS12 or PEM: keytool -importkeystore makes PKCS12 of it.",
    );
  }
  if (chain === undefined && key === undefined) return {};
  if (chain === undefined || key === undefined)
    throw invalidProperty(
      "ssl.keystore.key",
      "(hidden)",
      "given together with ssl.keystore.certificate.chain",
    );
  return { cert: chain, key, ...secret };
}

/** Kafka's default is JKS whatever the name says; a name that says otherwise is taken at its word. */
function typeBy(location: string): string {
  if (/\.(p12|pfx|pkcs12)$/i.test(location)) return "PKCS12";
  return /\.(pem|crt|cer|key)$/i.test(location) ? "PEM" : "JKS";
}

function contents(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw invalidProperty(name, path, `a file that can be read (${(cause as Error).message})`);
  }
}
