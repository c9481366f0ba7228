import { type ColumnFunction, type Json, type Plugin, type WorkerForm, workerModule } from "@ss/core";
import { RegistryClients, type RegistryConnection } from "@ss/schema-registry";
import { fromProtobufFunction } from "./functions/from-protobuf.js";
import { toProtobufFunction } from "./functions/to-protobuf.js";

/** How the functions are set up. */
export interface ProtobufPluginOptions {
  /** The schema registry for calls that name a subject and no address. Its secrets stay out of queries, plans and messages. */
  readonly registry?: RegistryConnection;
}

/** Brings the SQL functions `from_protobuf` and `to_protobuf`. */
export function protobuf(options: ProtobufPluginOptions = {}): Plugin {
  return { name: "@ss/format-protobuf", functions: protobufFunctions(options, formOf(options)) };
}

/** The functions of a plug-in, in an order that does not change. */
export function protobufFunctions(
  { registry }: ProtobufPluginOptions,
  formOfFunction: (index: number) => WorkerForm | undefined,
): readonly ColumnFunction[] {
  const clients = new RegistryClients();
  return [
    fromProtobufFunction(clients, registry, formOfFunction(0)),
    toProtobufFunction(clients, registry, formOfFunction(1)),
  ];
}

function formOf(options: ProtobufPluginOptions): (index: number) => WorkerForm | undefined {
  const module = workerModule(import.meta.url, "@ss/format-protobuf", "worker.js");
  if (module === undefined) return () => undefined;
  return (index) => ({
    module,
    export: "protobufFunction",
    options: { index, protobuf: options } as unknown as Json,
  });
}
