import { StreamError, systemClock } from "@ss/core";
import type { JaasEntry } from "./jaas.js";
import { invalidProperty, type KafkaProperties, missingProperty } from "./kafka-properties.js";

const TIMEOUT_MS = 10_000;
/** Before a request is made again. */
const PAUSES_MS: readonly number[] = [100, 500];

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
  const url = endpointUrl(endpoint);
  const credentials = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`);
  const body = new URLSearchParams({ grant_type: "client_credentials", ...(scope ? { scope } : {}) });
  return () => requestToken(url, credentials.toString("base64"), body);
}

/** An address that `fetch` takes; one that holds a login is refused without being shown, as `fetch` would show it. */
function endpointUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.username === "" && url.password === "";
  if (isPlain && /^https?:$/.test(url.protocol)) return url;
  throw invalidProperty(
    "sasl.oauthbearer.token.endpoint.url",
    "(hidden)",
    "a URL of http or https without user and password",
  );
}

/** A failure that may pass does not end a query that logs in anew after hours. */
async function requestToken(url: URL, credentials: string, body: URLSearchParams): Promise<string> {
  let answer = await attempt(url, credentials, body);
  for (const pauseMs of PAUSES_MS) {
    if (typeof answer === "string" || !answer.mayPass) break;
    await systemClock.sleep(pauseMs);
    answer = await attempt(url, credentials, body);
  }
  if (typeof answer === "string") return answer;
  const { reason } = answer;
  // what stands behind it may be a secret
  const endpoint = `${url.origin}${url.pathname}`;
  throw new StreamError({
    condition: "SS_KAFKA_AUTHENTICATION_FAILED",
    parameters: { endpoint, reason },
    message: `The token endpoint ${endpoint} gave no token: ${reason}. Check the client's id and secret, and the scope.`,
  });
}

/** Why there is no token; no text of the answer, which may be one. */
interface Refusal {
  readonly reason: string;
  readonly mayPass: boolean;
}

async function attempt(url: URL, credentials: string, body: URLSearchParams): Promise<string | Refusal> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization: `Basic ${credentials}`, accept: "application/json" },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok)
      return {
        reason: `it answered ${answer.status}`,
        mayPass: answer.status >= 500 || answer.status === 429,
      };
    const given: unknown = await answer.json().catch(() => null);
    const token = (given as { access_token?: unknown } | null)?.access_token;
    return typeof token === "string" ? token : { reason: "the answer holds no access_token", mayPass: false };
  } catch (cause) {
    const inner = (cause as Error).cause as (Error & { readonly code?: string }) | undefined;
    return { reason: inner?.code ?? inner?.message ?? (cause as Error).message, mayPass: true };
  }
}
