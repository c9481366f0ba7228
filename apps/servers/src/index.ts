export type { Certificate, Certificates } from "./certificates.js";
export { createTopics, type TopicAdmin } from "./create-topics.js";
export { type Flink, missingForFlink, startFlink } from "./flink.js";
export { freePort } from "./free-port.js";
export { temporaryFolder } from "./guardian.js";
export { INSTALL_MS } from "./installation.js";
export {
  type Kafka,
  type KafkaBroker,
  type KafkaOptions,
  missingForKafka,
  type SecureKafka,
  startKafka,
} from "./kafka.js";
export { type Kfake, type KfakeOptions, missingForKfake, startKfake } from "./kfake.js";
export { type Kinesalite, missingForKinesalite, startKinesalite } from "./kinesalite.js";
export { type Moto, missingForMoto, startMoto } from "./moto.js";
export { type OldKafka, startOldKafka } from "./old-kafka.js";
export { missingForPostgres, type Postgres, startPostgres } from "./postgres.js";
export { missingForRegistry, type SchemaRegistry, startRegistry } from "./registry.js";
export { type Server, type ServerCommand, ServerProcess } from "./server-process.js";
export { installSparkKafkaJars } from "./spark-kafka-jars.js";
export { until } from "./until.js";
