export { type FunctionOptions, from_avro, to_avro } from "./functions.js";
export { type AvroOptions, avro } from "./plugin.js";
