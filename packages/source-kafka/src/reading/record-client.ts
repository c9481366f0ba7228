import type { Clock } from "@ss/core";
import { ConsumerClient, type KafkaClient, KafkajsClient } from "@ss/kafka";
import type { ReadSettings } from "../options/read-options.js";

/** The client that the options ask for. */
export function recordClient(settings: ReadSettings, clock?: Clock): KafkaClient {
  const { client, recordReader, groupId, groupIdPrefix } = settings;
  if (recordReader === "fetch") return new KafkajsClient(client, clock);
  return new ConsumerClient(client, groupId ?? groupIdPrefix, clock);
}
