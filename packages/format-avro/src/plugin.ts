import { type ColumnFunction, type Json, type Plugin, type WorkerForm, workerModule } from "@ss/core";
import { RegistryClients, type RegistryConnection } from "@ss/schema-registry";
import { fromAvroFunction } from "./functions/from-avro.js";
import { schemaOfAvroFunction } from "./functions/schema-of-avro.js";
import { toAvroFunction } from "./functions/to-avro.js";

/** How the functions are set up. */
export interface AvroOptions {
  /** The schema registry for calls that name a subject and no address. Its secrets stay out of queries, plans and messages. */
  readonly registry?: RegistryConnection;
}

/** Brings the SQL functions `from_avro`, `to_avro` and `schema_of_avro`. */
export function avro(options: AvroOptions = {}): Plugin {
  return { name: "@ss/format-avro", functions: avroFunctions(options, formOf(options)) };
}

/** The functions of a plug-in, in an order that does not change. */
export function avroFunctions(
  { registry }: AvroOptions,
  formOfFunction: (index: number) => WorkerForm | undefined,
): readonly ColumnFunction[] {
  const clients = new RegistryClients();
  return [
    fromAvroFunction(clients, registry, formOfFunction(0)),
    toAvroFunction(clients, registry, formOfFunction(1)),
    schemaOfAvroFunction(formOfFunction(2)),
  ];
}

function formOf(options: AvroOptions): (index: number) => WorkerForm | undefined {
  const module = workerModule(import.meta.url, "@ss/format-avro", "worker.js");
  if (module === undefined) return () => undefined;
  return (index) => ({
    module,
    export: "avroFunction",
    options: { index, avro: options } as unknown as Json,
  });
}
