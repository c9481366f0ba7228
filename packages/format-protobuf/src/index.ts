export { type FunctionOptions, from_protobuf, to_protobuf } from "./functions.js";
export { type ProtobufPluginOptions, protobuf } from "./plugin.js";
