import { until } from "./until.js";

/** What creating topics asks of a client for the administration of Kafka, such as that of kafkajs. */
export interface TopicAdmin<Topic> {
  createTopics(request: { readonly waitForLeaders: boolean; readonly topics: Topic[] }): Promise<unknown>;
  /** Fails for a topic that has no leaders yet. */
  fetchTopicOffsets(topic: string): Promise<unknown>;
}

/**
 * Creates topics and waits until their partitions have leaders. What kafkajs has for that, `waitForLeaders`, fails where the
 * broker that it asks has not heard of a topic yet, as a broker with much to do may not have.
 */
export async function createTopics<Topic extends { readonly topic: string }>(
  admin: TopicAdmin<Topic>,
  ...topics: Topic[]
): Promise<void> {
  // brokers that have just started know of no controller yet
  const create = (): Promise<boolean> =>
    admin.createTopics({ waitForLeaders: false, topics }).then(() => true);
  await until(create, `${topics.map(({ topic }) => topic).join(", ")} can be created`);
  for (const { topic } of topics)
    await until(() => admin.fetchTopicOffsets(topic).then(() => true), `${topic} has leaders`);
}
