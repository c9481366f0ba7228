import { StreamError } from "@ss/core";
import { errorName } from "../protocol/error-codes.js";

/** Where a record or batch was to go. */
export interface Destination {
  readonly topic: string;
  readonly partition: number;
}

/** A record that is larger than the producer or the broker takes. */
export function recordTooLarge(
  { topic, partition }: Destination,
  size: number,
  limit: string,
  advice: string,
): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_RECORD_TOO_LARGE",
    parameters: { topic, partition: String(partition), size: String(size), limit },
    message: `A record for ${topic}-${partition} has ${size} bytes, which is more than ${limit}. ${advice}`,
  });
}

/** A batch that no broker has taken within the time, or as often as it may be sent. */
export function notDelivered(
  { topic, partition }: Destination,
  count: number,
  reason: unknown,
  limit: string,
): StreamError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new StreamError({
    condition: "SS_KAFKA_NOT_DELIVERED",
    parameters: { topic, partition: String(partition), count: String(count), reason: why },
    message:
      `${count} ${count === 1 ? "record" : "records"} for ${topic}-${partition} could not be delivered within ${limit}: ${why}. Look whether the brokers run and whether the ` +
      "partition has a leader and enough replicas in sync; kafka.delivery.timeout.ms and kafka.retries say how long to try.",
    cause: reason,
  });
}

/** Records that somebody waits for were given up, as those of a batch that was aborted; `cause` is what had failed before, if anything. */
export function discarded(cause: unknown): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_DISCARDED",
    message:
      "Records were discarded before the brokers had them, as the batch that they belong to was given up. Nothing is known of them; the batch " +
      "has to be written again.",
    ...(cause === null ? {} : { cause }),
  });
}

/** A batch that the broker does not take, whatever is done. */
export function batchRefused(
  { topic, partition }: Destination,
  errorCode: number,
  reason: string | null,
): StreamError {
  const why = reason === null ? errorName(errorCode) : `${errorName(errorCode)}: ${reason}`;
  return new StreamError({
    condition: "SS_KAFKA_REFUSED",
    parameters: { topic, partition: String(partition), errorCode: String(errorCode), reason: reason ?? "" },
    message: `The leader of ${topic}-${partition} does not take a batch of records: ${why}. Look at the settings of the topic and at the records.`,
  });
}

/** A topic that is not there, and that the brokers did not create. */
export function unknownTopic(topic: string, waitedMs: number): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_UNKNOWN_TOPIC",
    parameters: { topic },
    message:
      `There is no topic ${topic}, and within ${waitedMs} ms the brokers did not create it. Create it, or set the brokers' ` +
      "auto.create.topics.enable; kafka.max.block.ms says how long to wait.",
  });
}

/** Another producer has taken the transactional id. */
export function fenced(transactionalId: string, errorCode: number): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_FENCED",
    parameters: { transactionalId, errorCode: String(errorCode) },
    message:
      `Another run of this query has taken over its transactional id ${transactionalId} (${errorName(errorCode)}), and this one must not write ` +
      "any more. Run the query once at a time.",
  });
}

/** The coordinator has aborted the transaction because it took too long. */
export function transactionTimedOut(
  transactionalId: string,
  timeoutMs: number,
  elapsedMs: number,
): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_TRANSACTION_TIMED_OUT",
    parameters: { transactionalId, timeoutMs: String(timeoutMs), elapsedMs: String(Math.round(elapsedMs)) },
    message:
      `The transaction of ${transactionalId} was open for ${Math.round(elapsedMs)} ms and Kafka has aborted it, as it may be open for ${timeoutMs} ms: ` +
      "nothing of the batch is visible, and it comes again at the next start. Set kafka.transaction.timeout.ms higher (the brokers' " +
      "transaction.max.timeout.ms is the limit), or let a batch take less.",
  });
}

/** The coordinator does not know the transactional id any more. */
export function transactionExpired(transactionalId: string): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_TRANSACTION_EXPIRED",
    parameters: { transactionalId },
    message:
      `Kafka has forgotten the transactional id ${transactionalId}, as it was not used for the brokers' transactional.id.expiration.ms: ` +
      "nothing of the batch is visible, and it comes again at the next start.",
  });
}

/** The coordinator refuses a call about a transaction for a reason that no repetition mends. */
export function transactionRefused(transactionalId: string, call: string, errorCode: number): StreamError {
  const advice =
    errorCode === 50
      ? "Set kafka.transaction.timeout.ms to the brokers' transaction.max.timeout.ms at most."
      : "Look at the brokers' logs.";
  return new StreamError({
    condition: "SS_KAFKA_TRANSACTION_REFUSED",
    parameters: { transactionalId, call, errorCode: String(errorCode) },
    message: `Kafka refuses ${call} for the transactional id ${transactionalId}: ${errorName(errorCode)}. ${advice}`,
  });
}

/** The brokers are older than what a feature needs. */
export function brokersTooOld(feature: string, release: string): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_UNSUPPORTED_BROKER",
    sqlState: "0A000",
    parameters: { feature, release },
    message: `${feature} needs brokers of Kafka ${release} or newer.`,
  });
}
