import { type ColumnFunctionCall, Options, StreamError } from "@ss/core";
import {
  connectionOf,
  namesRegistry,
  type RegisteredSchema,
  type RegistryClients,
  type RegistryConnection,
  versionOf,
} from "@ss/schema-registry";

/** What stands behind the value in a call of `from_avro` or `to_avro`. */
export interface CallArguments {
  /** The schema as JSON, where it is written out. */
  readonly schema: string | undefined;
  readonly options: Options;
  /** Where schemas come from a registry. */
  readonly registry: RegistryConnection | undefined;
  readonly subject: string | undefined;
}

/**
 * The arguments in any of the ways to write them: `(value, schema[, options])`, `(value, options)` with a subject among the
 * options, `(value, subject, address[, options])`. `notConstant` is the error for a schema that is none.
 */
export function callArguments(
  call: ColumnFunctionCall,
  standard: RegistryConnection | undefined,
  notConstant: () => StreamError,
): CallArguments {
  const { args } = call;
  const isMap = (index: number): boolean => args[index]?.type.kind === "map";
  const text = (index: number): string | undefined => {
    const { type, constant } = args[index]!;
    if (type.kind === "void") return undefined;
    if (type.kind !== "string" || typeof constant !== "string") throw notConstant();
    return constant;
  };
  if (args.length === 1)
    return { schema: undefined, options: new Options(), registry: undefined, subject: undefined };
  if (isMap(1)) return withRegistry(call.options(1), undefined, standard);
  if (args.length > 2 && args[2]!.type.kind === "string") {
    const subject = text(1);
    const options = call
      .options(3)
      .with("schema.registry.address", text(2))
      .with("schema.registry.subject", subject);
    return withRegistry(options, undefined, standard);
  }
  return withRegistry(call.options(2), text(1), standard);
}

function withRegistry(
  options: Options,
  schema: string | undefined,
  standard: RegistryConnection | undefined,
): CallArguments {
  const registry = namesRegistry(options) ? connectionOf(options, standard) : undefined;
  return { schema, options, registry, subject: options.get("schema.registry.subject") };
}

/** The schema of the subject that a call names, in the version that it wants; undefined where there is none. */
export async function subjectSchema(
  { options, registry, subject }: CallArguments,
  clients: RegistryClients,
): Promise<RegisteredSchema | undefined> {
  if (subject === undefined) {
    throw new StreamError({
      condition: "SS_MISSING_OPTION",
      parameters: { option: "schema.registry.subject" },
      message:
        "A schema is to come from a registry: name its subject with the option 'schema.registry.subject'.",
    });
  }
  return clients.of(registry!).ofSubject(subject, versionOf(options));
}
