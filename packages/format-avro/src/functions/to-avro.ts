import {
  BinaryType,
  BytesColumn,
  type Column,
  type ColumnEvaluator,
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  type DataType,
  type Json,
  type OpenColumnCall,
  orAborted,
  type WorkerForm,
} from "@ss/core";
import {
  messageHeader,
  type RegisteredSchema,
  type RegistryClients,
  type RegistryConnection,
  schemaNotFound,
  versionOf,
} from "@ss/schema-registry";
import { fromSqlType } from "../schema/from-sql-type.js";
import { type SchemaText, schemaOfText, textOfRegistered } from "../schema/schema-text.js";
import { ByteWriter } from "../write/byte-writer.js";
import { type Encode, encoder, UnwritableValue } from "../write/encoder.js";
import { notConstantSchema, unwritable, withSchema } from "./avro-errors.js";
import { type CallArguments, callArguments, subjectSchema } from "./call-arguments.js";

/** What a call of `to_avro` is opened with. */
interface ToAvroState {
  readonly schema: SchemaText;
  /** Where messages get a header. */
  readonly registry: {
    readonly connection: RegistryConnection;
    readonly subject: string;
    /** Null for a schema that is registered before the first message is written. */
    readonly id: number | null;
  } | null;
}

/** `to_avro(value[, schema])`, and with schemas of a registry: see {@link callArguments}. */
export function toAvroFunction(
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
  worker: WorkerForm | undefined,
): ColumnFunction {
  return {
    name: "to_avro",
    arity: [1, 4],
    columnCount: 1,
    nullPropagating: true,
    worker,
    resolve: (call) => resolve(call, clients, standard),
    open: (call) => new ToAvro(call, clients),
  };
}

async function resolve(
  call: ColumnFunctionCall,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
): Promise<ColumnFunctionResolution> {
  const { type, nullable } = call.args[0]!;
  const given = callArguments(call, standard, () => notConstantSchema(call, "TO_AVRO", "to"));
  const registered =
    given.registry && given.schema === undefined ? await knownSchema(given, clients) : undefined;
  return withSchema(call, () => {
    const schema = registered
      ? textOfRegistered(registered)
      : { text: given.schema ?? fromSqlType(type, nullable && !given.registry), before: [] };
    encoder(type, schemaOfText(schema));
    const state: ToAvroState = {
      schema,
      registry: given.registry
        ? {
            connection: given.registry,
            subject: given.subject ?? missingSubject(call),
            id: registered?.id ?? null,
          }
        : null,
    };
    return { type: BinaryType, nullable, state: state as unknown as Json };
  });
}

function missingSubject(call: ColumnFunctionCall): never {
  throw call.error(
    "SS_MISSING_OPTION",
    undefined,
    "Messages of a registry need a subject: name it with the option 'schema.registry.subject'.",
    { option: "schema.registry.subject" },
  );
}

/** The subject's schema. Where there is none, one is registered when the first message is written, unless that is turned off. */
async function knownSchema(
  given: CallArguments,
  clients: RegistryClients,
): Promise<RegisteredSchema | undefined> {
  const found = await subjectSchema(given, clients);
  const mayRegister = given.options.boolean("schema.registry.autoRegister", true);
  if (found || (mayRegister && versionOf(given.options) === "latest")) return found;
  throw schemaNotFound(clients.of(given.registry!).url, `schema of the subject ${given.subject}`);
}

/** Writes a batch of values. */
class ToAvro implements ColumnEvaluator {
  private readonly encode: Encode;
  private readonly out = new ByteWriter();
  private readonly state: ToAvroState;
  private readonly clients: RegistryClients;
  private header: Uint8Array | undefined;
  private starts: Int32Array = new Int32Array(0);
  private lengths: Int32Array = new Int32Array(0);

  constructor(call: OpenColumnCall, clients: RegistryClients) {
    this.state = call.state as unknown as ToAvroState;
    this.clients = clients;
    this.encode = encoder(call.argTypes[0] as DataType, schemaOfText(this.state.schema));
    const { registry } = this.state;
    if (registry === null) this.header = new Uint8Array(0);
    else if (registry.id !== null) this.header = messageHeader(registry.id);
  }

  evaluate(args: readonly Column[], rowCount: number, signal: AbortSignal): Column | Promise<Column> {
    const [column] = args as readonly [Column];
    if (this.header) return this.write(column, rowCount, this.header);
    return orAborted(this.register(), signal).then((header) => this.write(column, rowCount, header));
  }

  private async register(): Promise<Uint8Array> {
    const { registry, schema } = this.state;
    const { connection, subject } = registry!;
    const id = await this.clients.of(connection).register(subject, "AVRO", schema.text);
    this.header = messageHeader(id);
    return this.header;
  }

  private write(column: Column, rowCount: number, header: Uint8Array): Column {
    const { out } = this;
    if (this.starts.length < rowCount) {
      this.starts = new Int32Array(rowCount);
      this.lengths = new Int32Array(rowCount);
    }
    const { starts, lengths } = this;
    out.reset();
    try {
      const write = this.encode(column, out);
      for (let i = 0; i < rowCount; i++) {
        const start = out.used;
        starts[i] = start;
        if (!column.isNull(i)) {
          out.raw(header, 0, header.length);
          write(i);
        }
        lengths[i] = out.used - start;
      }
    } catch (error) {
      throw error instanceof UnwritableValue ? unwritable(error) : error;
    }
    const validity = column.layout === "null" ? new Uint8Array((rowCount + 7) >> 3) : column.validity;
    return new BytesColumn(BinaryType, rowCount, validity, out.bytes, starts, lengths);
  }
}
