export { isPermissive, versionOf } from "./call-options.js";
export { HEADER_BYTES, messageHeader, schemaIdOf } from "./message-header.js";
export { schemasOfMessages } from "./message-schemas.js";
export type { RegisteredSchema, SchemaKind } from "./registered-schema.js";
export { RegistryClients } from "./registry-clients.js";
export { connectionOf, namesRegistry, type RegistryConnection } from "./registry-connection.js";
export { registryFailed, schemaNotFound } from "./registry-errors.js";
export { type RegistryEnvironment, SchemaRegistry } from "./schema-registry.js";
