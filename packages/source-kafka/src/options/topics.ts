import type { Options } from "@ss/core";
import { illegalArgument } from "@ss/kafka";

/** Which partitions are read. */
export type TopicChoice =
  | { readonly kind: "assign"; readonly partitions: ReadonlyMap<string, readonly number[]> }
  | { readonly kind: "subscribe"; readonly topics: readonly string[] }
  | { readonly kind: "subscribePattern"; readonly pattern: string };

/** Exactly one of `assign`, `subscribe` and `subscribePattern`, with Spark's refusals. */
export function topicChoice(options: Options): TopicChoice {
  const given = (["assign", "subscribe", "subscribePattern"] as const).filter((name) => options.has(name));
  if (given.length === 0)
    throw illegalArgument(
      "One of the following options must be specified for Kafka source: assign, subscribe, subscribePattern.",
    );
  if (given.length > 1)
    throw illegalArgument(
      `Only one of the following options can be specified for Kafka source: assign, subscribe, subscribePattern; given are ${given.join(", ")}.`,
    );
  const [kind] = given as [TopicChoice["kind"]];
  const text = options.get(kind)!.trim();
  if (kind === "assign") return { kind, partitions: assigned(text) };
  if (kind === "subscribePattern") return { kind, pattern: checkedPattern(text) };
  const topics = text.split(",").map((topic) => topic.trim());
  if (topics.some((topic) => topic === ""))
    throw illegalArgument(`No topics to subscribe to: the option 'subscribe' is '${text}'.`);
  return { kind, topics: [...new Set(topics)] };
}

function assigned(text: string): ReadonlyMap<string, readonly number[]> {
  const topics = parsedObject(text);
  const partitions = new Map<string, readonly number[]>();
  for (const [topic, numbers] of Object.entries(topics ?? {})) {
    if (!Array.isArray(numbers) || !numbers.every((number) => Number.isInteger(number) && number >= 0))
      throw wrongAssignment(text);
    partitions.set(topic, numbers as number[]);
  }
  if (partitions.size === 0) throw wrongAssignment(text);
  return partitions;
}

function wrongAssignment(text: string): Error {
  return illegalArgument(
    `Expected e.g. {"topicA":[0,1],"topicB":[0,1]} for the option 'assign', got '${text}'.`,
  );
}

function checkedPattern(text: string): string {
  if (text === "")
    throw illegalArgument(
      "Pattern to subscribe is empty: give the option 'subscribePattern' a regular expression.",
    );
  try {
    topicPattern(text);
  } catch (cause) {
    throw illegalArgument(
      `The option 'subscribePattern' is no regular expression: ${(cause as Error).message}.`,
    );
  }
  return text;
}

/** The whole name of a topic has to match, as with Java's `matches`. */
export function topicPattern(text: string): RegExp {
  return new RegExp(`^(?:${text})$`, "u");
}

/** A JSON object, or null. */
export function parsedObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
