import { StreamError } from "@ss/core";

/** A registry that does not answer, or refuses to. `url` holds no secret. */
export function registryFailed(url: string, what: string, reason: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "SS_SCHEMA_REGISTRY",
    parameters: { url, request: what, reason },
    message: `The schema registry at ${url} failed at ${what}: ${reason}`,
    cause,
  });
}

/** A schema, subject or version that a registry does not have. */
export function schemaNotFound(url: string, what: string): StreamError {
  return new StreamError({
    condition: "SS_SCHEMA_NOT_FOUND",
    parameters: { url, schema: what },
    message: `The schema registry at ${url} has no ${what}.`,
  });
}
