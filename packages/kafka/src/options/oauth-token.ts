import { StreamError } from "@ss/core";
import type { JaasEntry } from "./jaas.js";
import { type KafkaProperties, missingProperty } from "./kafka-properties.js";

const TIMEOUT_MS = 10_000;

/**
 * Asks the token endpoint for a token by the client credentials flow (RFC 6749, section 4.4) at each login. The client is given by
 * `sasl.oauthbearer.client.credentials.client.id` and `.client.secret`, or by `clientId` and `clientSecret` of the JAAS entry.
 */
export function clientCredentialsToken(
  properties: KafkaProperties,
  entry: JaasEntry | undefined,
): () => Promise<string> {
  const prefix = "sasl.oauthbearer.client.credentials.";
  const endpoint = properties.get("sasl.oauthbearer.token.endpoint.url");
  const clientId = properties.get(`${prefix}client.id`) ?? entry?.options.get("clientId");
  const secret = properties.get(`${prefix}client.secret`) ?? entry?.options.get("clientSecret");
  const scope = properties.get("sasl.oauthbearer.scope") ?? entry?.options.get("scope");
  if (endpoint === undefined)
    throw missingProperty("sasl.oauthbearer.token.endpoint.url", "OAUTHBEARER gets its tokens there");
  if (clientId === undefined || secret === undefined)
    throw missingProperty(`${prefix}client.id`, "OAUTHBEARER needs the id and the secret of a client");
  const credentials = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`);
  const body = new URLSearchParams({ grant_type: "client_credentials", ...(scope ? { scope } : {}) });
  return () => requestToken(endpoint, credentials.toString("base64"), body);
}

async function requestToken(endpoint: string, credentials: string, body: URLSearchParams): Promise<string> {
  let reason: string;
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: { authorization: `Basic ${credentials}`, accept: "application/json" },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const token: unknown = answer.ok
      ? ((await answer.json()) as { access_token?: unknown }).access_token
      : undefined;
    if (typeof token === "string") return token;
    reason = answer.ok ? "the answer holds no access_token" : `it answered ${answer.status}`;
  } catch (cause) {
    reason = (cause as Error).message;
  }
  throw new StreamError({
    condition: "SS_KAFKA_AUTHENTICATION_FAILED",
    parameters: { endpoint, reason },
    message: `The token endpoint ${endpoint} gave no token: ${reason}. Check the client's id and secret, and the scope.`,
  });
}
