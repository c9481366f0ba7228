import { startKafka } from "@ss/app-servers";
import { Kafka, logLevel } from "kafkajs";

const kafka = await startKafka();
console.log(kafka.bootstrap);
const client = new Kafka({ brokers: kafka.bootstrap.split(","), logLevel: logLevel.NOTHING });
const admin = client.admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "events", numPartitions: 4 }] });
await admin.disconnect();
const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();
const N = 1e6;
for (let i = 0; i < N; i += 5e3) {
  const messages = Array.from({ length: 5e3 }, (_, k) => {
    const n = i + k;
    return {
      partition: n % 4,
      key: `k${n % 1e3}`,
      value: `{"user_id":"user-${(n * 7919) % 100003}","page_id":"page-${n % 5003}","ad_id":"ad-${n % 1e3}","ad_type":"banner78","event_type":"${["view", "click", "purchase"][n % 3]}","event_time":${17e11 + n * 10},"ip_address":"1.2.3.4","pad":"xxxxxxxxxxxx"}`,
    };
  });
  await producer.send({ topic: "events", messages });
}
console.log("ready");
setInterval(() => {}, 1e6);
