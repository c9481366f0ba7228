import type { RegistryConnection } from "./registry-connection.js";
import { SchemaRegistry } from "./schema-registry.js";

/** The clients of a plug-in, one a registry, so that what one call of a function fetched serves the others. */
export class RegistryClients {
  private readonly clients = new Map<string, SchemaRegistry>();

  /** The client of a registry. */
  of(connection: RegistryConnection): SchemaRegistry {
    const { url, basicAuth, bearerToken, timeoutMs } = connection;
    const key = JSON.stringify([url, basicAuth, bearerToken, timeoutMs]);
    let client = this.clients.get(key);
    if (client === undefined) {
      client = new SchemaRegistry(connection);
      this.clients.set(key, client);
    }
    return client;
  }
}
