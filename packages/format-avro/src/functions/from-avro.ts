import {
  type BytesColumn,
  type Column,
  type ColumnBuilder,
  type ColumnEvaluator,
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  columnBuilder,
  type DataType,
  type Json,
  type OpenColumnCall,
  type StructBuilder,
  StructField,
  StructType,
  type WorkerForm,
} from "@ss/core";
import {
  HEADER_BYTES,
  isPermissive,
  type RegistryClients,
  type RegistryConnection,
  type SchemaRegistry,
  schemaNotFound,
  schemasOfMessages,
} from "@ss/schema-registry";
import { ByteReader, MalformedValue } from "../read/byte-reader.js";
import { type Decode, decoder } from "../read/decoder.js";
import type { AvroSchema } from "../schema/avro-schema.js";
import { SchemaFault } from "../schema/schema-fault.js";
import { type SchemaText, schemaOfText, textOfRegistered } from "../schema/schema-text.js";
import { toSqlType } from "../schema/to-sql-type.js";
import { malformedRecord, notConstantSchema, refusedRecord, withSchema } from "./avro-errors.js";
import { type CallArguments, callArguments, subjectSchema } from "./call-arguments.js";
import { readerText, sqlTypeOptions } from "./read-options.js";

/** What a call of `from_avro` is opened with. */
interface FromAvroState {
  /** What the values were written by; null where each names it in its header. */
  readonly writer: SchemaText | null;
  readonly reader: SchemaText;
  readonly permissive: boolean;
  readonly registry: RegistryConnection | null;
}

/** `from_avro(value, schema[, options])`, and with schemas of a registry: see {@link callArguments}. */
export function fromAvroFunction(
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
  worker: WorkerForm | undefined,
): ColumnFunction {
  return {
    name: "from_avro",
    arity: [2, 4],
    columnCount: 1,
    nullPropagating: true,
    tellsMalformed: true,
    worker,
    resolve: (call) => resolve(call, clients, standard),
    open: (call) => new FromAvro(call, clients),
  };
}

async function resolve(
  call: ColumnFunctionCall,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
): Promise<ColumnFunctionResolution> {
  if (call.args[0]!.type.kind !== "binary") throw call.unexpectedType(0, '"BINARY"');
  const given = callArguments(call, standard, () => notConstantSchema(call, "FROM_AVRO", "from"));
  const { options } = given;
  const permissive = isPermissive(options, call, "from_avro");
  const written = await writtenSchema(given, clients, call);
  const reader = (await readerText(options, call.session)) ?? written;
  return withSchema(call, () => {
    const schema = schemaOfText(reader);
    const { type } = toSqlType(schema, sqlTypeOptions(options));
    if (!given.registry) decoder(schemaOfText(written), schema, columnBuilder(type));
    const state: FromAvroState = {
      writer: given.registry ? null : written,
      reader,
      permissive,
      registry: given.registry ?? null,
    };
    return { type: permissive ? nullableType(type) : type, nullable: true, state: state as unknown as Json };
  });
}

async function writtenSchema(
  given: CallArguments,
  clients: RegistryClients,
  call: ColumnFunctionCall,
): Promise<SchemaText> {
  if (given.schema !== undefined) return { text: given.schema, before: [] };
  if (!given.registry) throw notConstantSchema(call, "FROM_AVRO", "from");
  const schema = await subjectSchema(given, clients);
  if (!schema) throw schemaNotFound(clients.of(given.registry).url, `schema of the subject ${given.subject}`);
  return withSchema(call, () => textOfRegistered(schema));
}

/** The type with nulls allowed everywhere: a malformed record is a struct of nulls. */
function nullableType(type: DataType): DataType {
  switch (type.kind) {
    case "struct":
      return new StructType(
        type.fields.map((field) => StructField(field.name, nullableType(field.type), true)),
      );
    case "array":
      return { ...type, elementType: nullableType(type.elementType), containsNull: true };
    case "map":
      return { ...type, valueType: nullableType(type.valueType), valueContainsNull: true };
    default:
      return type;
  }
}

/** Reads a batch of values into columns. */
class FromAvro implements ColumnEvaluator {
  private readonly state: FromAvroState;
  private readonly reader: AvroSchema;
  private readonly out: ColumnBuilder;
  private readonly bytes = new ByteReader();
  private readonly registry: SchemaRegistry | undefined;
  private readonly onMalformed: OpenColumnCall["onMalformed"];
  /** By the id of the schema that values were written by; 0 stands for the one schema where there is no registry. */
  private readonly decoders = new Map<number, Decode>();
  private ids: Int32Array = new Int32Array(0);

  constructor(call: OpenColumnCall, clients: RegistryClients) {
    this.state = call.state as unknown as FromAvroState;
    const { writer, reader, registry } = this.state;
    this.out = columnBuilder(call.type);
    this.onMalformed = call.onMalformed;
    this.reader = schemaOfText(reader);
    this.registry = registry === null ? undefined : clients.of(registry);
    if (writer !== null) this.decoders.set(0, decoder(schemaOfText(writer), this.reader, this.out));
  }

  evaluate(args: readonly Column[], rowCount: number, signal: AbortSignal): Column | Promise<Column> {
    const column = args[0] as BytesColumn;
    if (!this.registry) return this.decode(column, rowCount);
    if (this.ids.length < rowCount) this.ids = new Int32Array(rowCount);
    const wait = schemasOfMessages(column, rowCount, this.registry, this.ids, signal);
    return wait === undefined
      ? this.decodeMessages(column, rowCount)
      : wait.then(() => this.decodeMessages(column, rowCount));
  }

  private decode(column: BytesColumn, rowCount: number): Column {
    const { bytes, out } = this;
    const { data, starts, lengths } = column;
    const decode = this.decoders.get(0)!;
    bytes.open(data);
    out.reset();
    for (let i = 0; i < rowCount; i++) {
      if (column.isNull(i)) out.appendNull();
      else this.row(decode, i, starts[i]!, starts[i]! + lengths[i]!);
    }
    return out.view();
  }

  private decodeMessages(column: BytesColumn, rowCount: number): Column {
    const { bytes, out, ids } = this;
    const { data, starts, lengths } = column;
    bytes.open(data);
    out.reset();
    let last = -1;
    let decode: Decode = noSchema;
    for (let i = 0; i < rowCount; i++) {
      if (column.isNull(i)) {
        out.appendNull();
        continue;
      }
      const id = ids[i]!;
      if (id < 0) decode = noHeader;
      else if (id !== last) decode = this.decoderOf(id);
      last = id;
      this.row(decode, i, starts[i]! + HEADER_BYTES, starts[i]! + lengths[i]!);
    }
    return out.view();
  }

  private decoderOf(id: number): Decode {
    const known = this.decoders.get(id);
    if (known) return known;
    const schema = this.registry!.known(id);
    if (!schema) return noSchema;
    const made = this.makeDecoder(() => textOfRegistered(schema));
    this.decoders.set(id, made);
    return made;
  }

  /** A schema that does not fit the reader's makes malformed records, as a record that does not fit its schema is. */
  private makeDecoder(text: () => SchemaText): Decode {
    try {
      return decoder(schemaOfText(text()), this.reader, this.out);
    } catch (error) {
      if (!(error instanceof SchemaFault)) throw error;
      const { message } = error;
      return () => {
        throw new MalformedValue(message);
      };
    }
  }

  private row(decode: Decode, i: number, start: number, end: number): void {
    const { bytes, out } = this;
    bytes.begin(start, end);
    try {
      decode(bytes);
    } catch (error) {
      // a value that contains itself without end runs out of stack
      if (!(error instanceof MalformedValue) && !(error instanceof RangeError)) throw error;
      if (this.onMalformed) this.onMalformed(i, malformedRecord(error.message, error));
      else if (!this.state.permissive) throw refusedRecord(error.message, error);
      out.truncate(i);
      appendNothing(out);
    }
  }
}

const noHeader: Decode = () => {
  throw new MalformedValue("a message does not begin with the id of a schema");
};

const noSchema: Decode = () => {
  throw new MalformedValue("the registry does not have the schema that a message names");
};

/** What stands for a malformed record: a struct of nulls, or null. */
function appendNothing(out: ColumnBuilder): void {
  if (out.type.kind !== "struct") return out.appendNull();
  for (const child of (out as StructBuilder).children) child.appendNull();
  (out as StructBuilder).close();
}
