import type { Options } from "@ss/core";
import {
  type ClientSettings,
  clientSettings,
  illegalArgument,
  KafkaProperties,
  type ProducerSettings,
  producerSettings,
} from "@ss/kafka";

/** How often a record of a query is in its topic. */
export type Delivery = "atLeastOnce" | "exactlyOnce";

/** What writing needs to know, of streams and of batches. */
export interface WriteSettings {
  readonly client: ClientSettings;
  readonly producer: ProducerSettings;
  /** Where all rows go; null: where their column `topic` says. */
  readonly topic: string | null;
  readonly delivery: Delivery;
  /** What transactional ids and groups begin with. */
  readonly transactionalIdPrefix: string;
  /** The topic under which the id of the last batch is kept. */
  readonly markerTopic: string;
  readonly ignoreMissingMarker: boolean;
}

/** A topic that is there in every cluster, and that no program deletes. */
const OWN_TOPIC_OF_KAFKA = "__consumer_offsets";
/** As long as Kafka allows names of topics to be. */
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/;

/** Properties of Kafka's producer that would take away what the sink does itself, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  "key.serializer": "as keys are serialized with ByteArraySerializer",
  "value.serializer": "as values are serialized with ByteArraySerializer",
  "transactional.id":
    "as the sink names its transactions itself: set the option 'delivery' to exactlyOnce, and 'transactionalIdPrefix' for the name",
};

/** The options `kafka.*` and those of writing, checked. `warn` gets one message for properties that change nothing. */
export function writeSettings(
  options: Options,
  warn: ((message: string) => void) | undefined,
): WriteSettings {
  const properties = new KafkaProperties(options);
  for (const name of properties.names)
    if (Object.hasOwn(REFUSED, name))
      throw illegalArgument(`Kafka option '${name}' is not supported ${REFUSED[name]}.`);
  const delivery = options.choice("delivery", ["atLeastOnce", "exactlyOnce"], "atLeastOnce");
  const producer = producerSettings(properties, delivery === "exactlyOnce");
  const topic = topicOf(options);
  const settings: WriteSettings = {
    client: clientSettings(properties, "ss-sink-kafka", "max.block.ms"),
    producer,
    topic,
    delivery,
    transactionalIdPrefix: options.text("transactionalIdPrefix", "ss-sink-kafka"),
    markerTopic: options.text("markerTopic", topic ?? OWN_TOPIC_OF_KAFKA),
    ignoreMissingMarker: options.boolean("ignoreMissingMarker", false),
  };
  // Spark takes it for writing too: a column of headers is written in any case
  options.boolean("includeHeaders", false);
  const unused = properties.unused();
  if (unused.length > 0)
    warn?.(
      `These options change nothing with the client that writes to Kafka here: ${unused.map((name) => `kafka.${name}`).join(", ")}.`,
    );
  return settings;
}

function topicOf(options: Options): string | null {
  const topic = options.get("topic")?.trim();
  if (topic === undefined) return null;
  if (!TOPIC_NAME.test(topic) || topic === "." || topic === "..")
    throw illegalArgument(`The option 'topic' is '${topic}', which is no name of a topic.`);
  return topic;
}
