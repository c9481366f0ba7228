import { ByteCursor } from "./byte-cursor.js";
import type { ByteWriter } from "./byte-writer.js";

/** Lowest and highest version of each request that a broker takes, by the request's number. */
export type ApiVersions = Readonly<
  Record<number, { readonly minVersion: number; readonly maxVersion: number }>
>;

/** A request of Kafka's protocol, and how to read its answer. */
export interface Request<T> {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  /** False where the broker sends no answer; `read` then gets no bytes. Absent: true. */
  readonly isAnswered?: boolean;
  write(writer: ByteWriter): void;
  /** `answer` begins behind the correlation id. */
  read(answer: Uint8Array): T;
}

/** The version of a request to use with a broker: the highest that both sides know. */
export function versionOf(versions: ApiVersions, apiKey: number, highest: number): number {
  return Math.min(versions[apiKey]?.maxVersion ?? 0, highest);
}

/** Whether a broker takes a version of a request, which a feature cannot do without. */
export function takesVersion(versions: ApiVersions, apiKey: number, version: number): boolean {
  const range = versions[apiKey];
  return range !== undefined && range.minVersion <= version && version <= range.maxVersion;
}

/** Things of several topics, in the form of the protocol: by topic. */
export function byTopic<T extends { readonly topic: string }>(items: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const known = topics.get(item.topic);
    if (known) known.push(item);
    else topics.set(item.topic, [item]);
  }
  return [...topics];
}

/** A cursor at the beginning of an answer. */
export function cursorOf(answer: Uint8Array): ByteCursor {
  const cursor = new ByteCursor();
  cursor.place(answer, 0, answer.length);
  return cursor;
}
