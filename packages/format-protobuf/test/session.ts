import { type DataFrame, SparkSession } from "@ss/sql";
import protobufjs from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { type ProtobufPluginOptions, protobuf } from "../src/index.js";

/** A session with the functions. */
export async function session(
  options: ProtobufPluginOptions = {},
  warnings: string[] = [],
): Promise<SparkSession> {
  return SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .config("ss.collect.longs", "bigint")
    .use(protobuf(options))
    .logTo((_level, message) => void warnings.push(message))
    .create();
}

/** The first column of a query's rows. */
export async function values(df: DataFrame): Promise<unknown[]> {
  return (await df.collect()).map((row) => Object.values(row as object)[0]);
}

/** A .proto text as the library knows it, and as a set of file descriptors. */
export function compiled(text: string): { readonly root: protobufjs.Root; readonly set: Uint8Array } {
  const root = new protobufjs.Root();
  const { imports = [] } = protobufjs.parse(text, root, { keepCase: true });
  for (const name of imports) root.addJSON(protobufjs.common.get(name)!.nested!);
  root.resolveAll();
  const syntax = /syntax\s*=\s*"(\w+)"/.exec(text)![1]!;
  const files = (root as unknown as { toDescriptor(syntax: string): protobufjs.Message }).toDescriptor(
    syntax,
  );
  const { FileDescriptorSet } = descriptor as unknown as { FileDescriptorSet: protobufjs.Type };
  return { root, set: FileDescriptorSet.encode(files).finish() };
}

/** A SQL literal of bytes. */
export function bytesLiteral(bytes: Uint8Array): string {
  return `X'${Buffer.from(bytes).toString("hex")}'`;
}
