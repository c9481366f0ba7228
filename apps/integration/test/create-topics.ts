import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, ITopicConfig } from "kafkajs";

const LIMIT_MS = 60_000;

/**
 * Creates topics and waits until their partitions have leaders. What kafkajs has for that, `waitForLeaders`, fails where the
 * broker that it asks has not heard of a topic yet, as a broker with much to do may not have.
 */
export async function createTopics(admin: Admin, ...topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ waitForLeaders: false, topics });
  const end = Date.now() + LIMIT_MS;
  for (const { topic } of topics)
    for (;;) {
      try {
        await admin.fetchTopicOffsets(topic);
        break;
      } catch (error) {
        if (Date.now() > end) throw error;
        await sleep(50);
      }
    }
}
