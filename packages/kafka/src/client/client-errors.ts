import { StreamError } from "@ss/core";
import { ERROR } from "../protocol/error-codes.js";

/** Errors of TLS that no repetition mends. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The parts of an error of kafkajs or of Node that tell what it is. */
interface ClientFailure extends Error {
  readonly code?: unknown;
  readonly type?: unknown;
}

/** The error that a failure stands for if nothing mends it, or null where the call may be repeated. */
export function lastingFailure(failure: unknown, brokers: readonly string[]): StreamError | null {
  if (StreamError.is(failure)) return failure.recovery === "retry" ? null : failure;
  const found = causesOf(failure);
  const address = brokers.join(",");
  const refused = found.find(isRefusedLogin);
  if (refused) return authenticationFailed(address, refused);
  const untrusted = found.find(({ code }) => typeof code === "string" && isCertificateCode(code));
  if (untrusted) return tlsFailed(address, untrusted);
  const broken = found.find(({ name }) => name === "TypeError" || name === "RangeError");
  if (broken) return unavailable(address, broken);
  return null;
}

/** kafkajs gives every failure of a login one name, also that of a connection which ended in the middle of it. */
function isRefusedLogin({ name, type, message }: ClientFailure): boolean {
  if (type === "SASL_AUTHENTICATION_FAILED") return true;
  return name === "KafkaJSSASLAuthenticationError" && !/\bconnect(ion|ed)\b|\btimed? ?out\b/i.test(message);
}

function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODES.has(code) || code.startsWith("ERR_SSL") || code.startsWith("ERR_OSSL");
}

function causesOf(failure: unknown): ClientFailure[] {
  const found: ClientFailure[] = [];
  for (let error = failure; error instanceof Error && found.length < 8; error = error.cause)
    found.push(error);
  return found;
}

/** How long a call was repeated, and the option that says so. */
export interface Waited {
  readonly ms: number;
  readonly option: string;
}

/** The brokers could not be used, within the time that a call has where it was repeated. */
export function unavailable(brokers: string, cause: unknown, waited?: Waited): StreamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const within = waited === undefined ? "" : ` within ${waited.ms} ms`;
  const advice = waited === undefined ? "" : `; ${waited.option} says how long to wait for them`;
  return new StreamError({
    condition: "SS_KAFKA_UNAVAILABLE",
    parameters: { brokers, reason },
    message:
      `Kafka at ${brokers} could not be used${within}: ${reason}. Look whether the brokers run and can be reached under the names that they ` +
      `advertise${advice}.`,
    cause,
  });
}

/** Whoever owns the client ended it while others asked something of it, or before. */
export function clientClosed(brokers: string): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_CLIENT_CLOSED",
    parameters: { brokers },
    message: `The client of Kafka at ${brokers} was closed, which ends its calls. Make another one to go on.`,
  });
}

function authenticationFailed(brokers: string, cause: Error): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_AUTHENTICATION_FAILED",
    parameters: { brokers, reason: cause.message },
    message: `Kafka at ${brokers} does not accept the user: ${cause.message}. Check kafka.sasl.mechanism and kafka.sasl.jaas.config.`,
    cause,
  });
}

function tlsFailed(brokers: string, cause: ClientFailure): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_TLS_FAILED",
    parameters: { brokers, reason: cause.message },
    message:
      `No TLS connection to Kafka at ${brokers} can be trusted: ${cause.message} (${String(cause.code)}). Check the broker's certificate, ` +
      "kafka.security.protocol and kafka.ssl.truststore.*.",
    cause,
  });
}

/** The user may not do what a call needs. */
export function notAuthorized(
  what: string,
  errorCode: number,
  action: "read" | "write" | "use" = "read",
): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_NOT_AUTHORIZED",
    parameters: { what, errorCode: String(errorCode) },
    message: `Kafka does not let this user ${action} ${what} (error code ${errorCode}). Add an ACL for it, or use another user.`,
  });
}

/** The group of a consumer may not be used, or null where a failure says something else. */
export function refusedGroup(failure: unknown, group: string): StreamError | null {
  const refusal = causesOf(failure).find(({ type }) => type === "GROUP_AUTHORIZATION_FAILED");
  return refusal === undefined
    ? null
    : notAuthorized(`the group ${group}`, ERROR.groupAuthorizationFailed, "use");
}

/** What is reached for in kafkajs is not there. */
export function unknownKafkajs(): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_CLIENT",
    message: "This release of kafkajs is not the one that @ss/kafka asks for. Install kafkajs 2.2.4.",
  });
}
