import type { RegisteredSchema } from "@ss/schema-registry";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";
import { ProtobufFault } from "./protobuf-fault.js";
import type { ProtobufSchema } from "./protobuf-schema.js";
import { schemaOf } from "./reflected-schema.js";

/** The schema of a message, from a set of file descriptors as `protoc --descriptor_set_out --include_imports` writes it. */
export function schemaFromDescriptors(bytes: Uint8Array, messageName: string): ProtobufSchema {
  let root: protobuf.Root;
  try {
    root = (protobuf.Root as unknown as { fromDescriptor(set: Uint8Array): protobuf.Root }).fromDescriptor(
      bytes,
    );
  } catch (error) {
    throw new ProtobufFault(
      "CANNOT_PARSE_PROTOBUF_DESCRIPTOR",
      "22018",
      `Error parsing descriptor bytes into Protobuf FileDescriptorSet: ${(error as Error).message}`,
      {},
    );
  }
  resolveAll(root);
  const found = messagesOf(root).filter(
    (type) => type.fullName.slice(1) === messageName || type.fullName.endsWith(`.${messageName}`),
  );
  const exact = found.find((type) => type.fullName.slice(1) === messageName) ?? found[0];
  if (!exact) throw messageNotFound(messageName);
  return schemaOf(exact);
}

function messageNotFound(messageName: string): ProtobufFault {
  return new ProtobufFault(
    "PROTOBUF_MESSAGE_NOT_FOUND",
    "42K0G",
    `Unable to locate Message '${messageName}' in Descriptor.`,
    { messageName },
  );
}

/** The schema of a message in a registry, and the way to the message within its file, as headers of messages tell it. */
export interface MessageInFile {
  readonly schema: ProtobufSchema;
  readonly path: readonly number[];
}

/** A message of a schema in a registry; the first of its file where no name is given. */
export function schemaFromRegistry(
  registered: RegisteredSchema,
  messageName: string | undefined,
): MessageInFile {
  if (registered.kind !== "PROTOBUF") {
    throw new ProtobufFault(
      "SS_PROTOBUF_SCHEMA",
      "22KD3",
      `The schema of id ${registered.id} is ${registered.kind}, not PROTOBUF.`,
      { reason: `it is ${registered.kind}` },
    );
  }
  const own = new protobuf.Root();
  const packageName = parse(registered.text, own).package ?? "";
  const path = pathOf(own, packageName, messageName);
  const root = new protobuf.Root();
  addAll(registered, root, new Set());
  resolveAll(root);
  return { schema: schemaOf(root.lookupType(path.fullName)), path: path.indexes };
}

function parse(text: string, root: protobuf.Root): protobuf.IParserResult {
  try {
    return protobuf.parse(text, root, { keepCase: true });
  } catch (error) {
    const reason = (error as Error).message;
    throw new ProtobufFault("SS_PROTOBUF_SCHEMA", "22KD3", `The Protobuf schema cannot be read: ${reason}`, {
      reason,
    });
  }
}

function addAll(registered: RegisteredSchema, root: protobuf.Root, done: Set<string>): void {
  const { imports = [], weakImports = [] } = parse(registered.text, root);
  for (const { name, schema } of registered.references) {
    if (done.has(name)) continue;
    done.add(name);
    addAll(schema, root, done);
  }
  for (const name of [...imports, ...weakImports]) {
    if (done.has(name)) continue;
    const common = protobuf.common.get(name);
    if (!common) continue;
    done.add(name);
    root.addJSON(common.nested!);
  }
}

function resolveAll(root: protobuf.Root): void {
  try {
    root.resolveAll();
  } catch (error) {
    const reason = (error as Error).message;
    const dependencyName = /no such type: (.*)/i.exec(reason)?.[1] ?? reason;
    throw new ProtobufFault(
      "PROTOBUF_DEPENDENCY_NOT_FOUND",
      "42K0G",
      `Could not find dependency: ${dependencyName}.`,
      { dependencyName },
    );
  }
}

/** All message types below a namespace, in the order of their declaration. */
function messagesOf(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((one) => {
    if (one instanceof protobuf.Type) return [one, ...messagesOf(one)];
    return one instanceof protobuf.Namespace ? messagesOf(one) : [];
  });
}

/** Where a message stands in its file: its place among the file's messages, then among those nested in it, and so on. */
function pathOf(
  root: protobuf.Root,
  packageName: string,
  messageName: string | undefined,
): { readonly fullName: string; readonly indexes: readonly number[] } {
  const typesIn = (namespace: protobuf.NamespaceBase): protobuf.Type[] =>
    namespace.nestedArray.filter((one): one is protobuf.Type => one instanceof protobuf.Type);
  const start = packageName === "" ? root : (root.lookup(packageName) as protobuf.NamespaceBase);
  const search = (
    namespace: protobuf.NamespaceBase,
    before: readonly number[],
  ): { readonly fullName: string; readonly indexes: readonly number[] } | undefined => {
    for (const [k, type] of typesIn(namespace).entries()) {
      const fullName = type.fullName.slice(1);
      const indexes = [...before, k];
      if (messageName === undefined || fullName === messageName || fullName.endsWith(`.${messageName}`))
        return { fullName, indexes };
      const inside = search(type, indexes);
      if (inside) return inside;
    }
    return undefined;
  };
  const found = search(start, []);
  if (!found) throw messageNotFound(messageName ?? "");
  return found;
}
