import type { ColumnFunctionCall, Options, StreamError } from "@ss/core";
import {
  connectionOf,
  type RegistryClients,
  type RegistryConnection,
  schemaNotFound,
  versionOf,
} from "@ss/schema-registry";
import { type MessageInFile, schemaFromDescriptors, schemaFromRegistry } from "../schema/load-schema.js";
import type { ProtobufSchema } from "../schema/protobuf-schema.js";
import type { ProtobufOptions } from "../schema/to-sql-type.js";
import { withSchema } from "./protobuf-errors.js";

/** What a call of `from_protobuf` or `to_protobuf` is about. */
export interface ProtobufCall {
  readonly schema: ProtobufSchema;
  readonly options: Options;
  /** Present for messages of a registry. */
  readonly registered: { readonly id: number; readonly path: readonly number[] } | undefined;
}

/**
 * Reads the arguments in any of the ways to write them: `(value, message, descriptors[, options])`, with the descriptors as
 * bytes or as the path of a file, or `(value, options)` with a subject of a registry among the options.
 */
export async function protobufCall(
  call: ColumnFunctionCall,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
): Promise<ProtobufCall> {
  const { args } = call;
  if (args[1]!.type.kind === "map") {
    const options = call.options(1);
    checkOptions(options, call);
    return { options, ...(await fromRegistry(options, clients, standard, call)) };
  }
  const messageName = args[1]!.constant;
  if (typeof messageName !== "string")
    throw notConstant(call, 1, "string representing the Protobuf message name");
  if (args.length < 3) {
    throw call.error(
      "SS_MISSING_OPTION",
      undefined,
      "The message needs a descriptor: give the path of a file with a set of descriptors, or its bytes.",
      { option: "descriptors" },
    );
  }
  const options = call.options(3);
  checkOptions(options, call);
  const bytes = await descriptors(call);
  return {
    schema: withSchema(call, () => schemaFromDescriptors(bytes, messageName)),
    options,
    registered: undefined,
  };
}

function notConstant(call: ColumnFunctionCall, index: number, what: string): StreamError {
  const place = ["first", "second", "third"][index]!;
  const msg = `The ${place} argument of the Protobuf SQL function must be a constant ${what}`;
  return call.mismatch("TYPE_CHECK_FAILURE_WITH_HINT", `${msg}.`, { msg, hint: "" });
}

async function descriptors(call: ColumnFunctionCall): Promise<Uint8Array> {
  const { constant } = call.args[2]!;
  if (constant instanceof Uint8Array) return constant;
  if (typeof constant !== "string") {
    throw notConstant(call, 2, "string or binary data representing the Protobuf descriptor");
  }
  const bytes = await call.session.fileSystem(constant).readAll(constant);
  if (bytes) return bytes;
  throw call.error(
    "PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND",
    "42K0G",
    `Error reading Protobuf descriptor file at path: ${constant}.`,
    { filePath: constant },
  );
}

async function fromRegistry(
  options: Options,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
  call: ColumnFunctionCall,
): Promise<Pick<ProtobufCall, "schema" | "registered">> {
  const subject = options.get("schema.registry.subject");
  if (subject === undefined) {
    throw call.error(
      "SS_MISSING_OPTION",
      undefined,
      "Name a message and its descriptors, or a subject of a registry with the option 'schema.registry.subject'.",
      { option: "schema.registry.subject" },
    );
  }
  const client = clients.of(connectionOf(options, standard));
  const version = versionOf(options);
  const registered = await client.ofSubject(subject, version);
  if (!registered) throw schemaNotFound(client.url, `version ${version} of the subject ${subject}`);
  const found: MessageInFile = withSchema(call, () =>
    schemaFromRegistry(registered, options.get("schema.registry.protobuf.name")),
  );
  return { schema: found.schema, registered: { id: registered.id, path: found.path } };
}

function checkOptions(options: Options, call: ColumnFunctionCall): void {
  if (!options.boolean("convert.any.fields.to.json", false)) return;
  throw call.error(
    "SS_INVALID_OPTION",
    "22023",
    "The option 'convert.any.fields.to.json' can only be false: an Any is a struct of its type_url and its value.",
    { option: "convert.any.fields.to.json", value: "true", expected: "false" },
  );
}

/** How options ask for types and values. */
export function protobufOptions(options: Options): ProtobufOptions {
  return {
    recursionMax: options.integer("recursive.fields.max.depth", -1),
    enumsAsInts: options.boolean("enums.as.ints", false),
    upcastUnsigned: options.boolean("upcast.unsigned.ints", false),
    unwrapWrappers: options.boolean("unwrap.primitive.wrapper.types", false),
    retainEmpty: options.boolean("retain.empty.message.types", false),
    emitDefaults: options.boolean("emit.default.values", false),
  };
}
