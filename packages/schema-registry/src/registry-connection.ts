import { type Options, StreamError } from "@ss/core";

/** How a schema registry is reached. Plain data, which travels to worker threads; it is never shown. */
export interface RegistryConnection {
  /** Where its API begins: `http://registry:8081`; several addresses of one registry are separated by commas. */
  readonly url: string;
  /** User and password, separated by a colon. */
  readonly basicAuth?: string;
  readonly bearerToken?: string;
  /** How long one answer is waited for; default 30,000. */
  readonly timeoutMs?: number;
}

/** Whether the options of a function name a schema in a registry, or where one is. */
export function namesRegistry(options: Options): boolean {
  return options.has("schema.registry.address") || options.has("schema.registry.subject");
}

/** The registry that options name, else the one that the plug-in was made with. */
export function connectionOf(options: Options, standard: RegistryConnection | undefined): RegistryConnection {
  const address = options.get("schema.registry.address");
  const url = address ?? standard?.url;
  if (url === undefined) {
    throw new StreamError({
      condition: "SS_MISSING_OPTION",
      parameters: { option: "schema.registry.address" },
      message:
        "A schema is to come from a registry, but no registry is known: set the option 'schema.registry.address', or give the registry to the plug-in.",
    });
  }
  // the secrets of one registry are not told to another
  const known = address === undefined || address === standard?.url ? standard : undefined;
  const basicAuth = options.get("confluent.schema.registry.basic.auth.user.info") ?? known?.basicAuth;
  const bearerToken = options.get("confluent.schema.registry.bearer.auth.token") ?? known?.bearerToken;
  const timeoutMs = options.optionalInteger("schema.registry.timeoutMs", 1) ?? known?.timeoutMs;
  return {
    url,
    ...(basicAuth === undefined ? {} : { basicAuth }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
