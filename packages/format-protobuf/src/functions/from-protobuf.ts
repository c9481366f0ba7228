import {
  type BytesColumn,
  type Column,
  type ColumnEvaluator,
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  columnBuilder,
  type Json,
  type OpenColumnCall,
  type StructBuilder,
  type WorkerForm,
} from "@ss/core";
import {
  HEADER_BYTES,
  isPermissive,
  type RegistryClients,
  type RegistryConnection,
  schemaIdOf,
} from "@ss/schema-registry";
import { MessageDecoder } from "../read/message-decoder.js";
import { MalformedMessage, WireReader } from "../read/wire-reader.js";
import type { ProtobufSchema } from "../schema/protobuf-schema.js";
import { type ProtobufOptions, toSqlType } from "../schema/to-sql-type.js";
import { type ProtobufCall, protobufCall, protobufOptions } from "./protobuf-call.js";
import { malformedMessage, refusedMessage, withSchema } from "./protobuf-errors.js";

/** What a call of `from_protobuf` is opened with. */
interface FromProtobufState {
  readonly schema: ProtobufSchema;
  readonly options: ProtobufOptions;
  readonly permissive: boolean;
  /** Of messages that begin with the id of a schema and the way to the message in it: those of the schema that is read by; else null. */
  readonly registered: ProtobufCall["registered"] | null;
}

/** `from_protobuf(value, message, descriptors[, options])`, and with schemas of a registry. */
export function fromProtobufFunction(
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
  worker: WorkerForm | undefined,
): ColumnFunction {
  return {
    name: "from_protobuf",
    arity: [2, 4],
    columnCount: 1,
    nullPropagating: true,
    tellsMalformed: true,
    worker,
    resolve: (call) => resolve(call, clients, standard),
    open: (call) => new FromProtobuf(call),
  };
}

async function resolve(
  call: ColumnFunctionCall,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
): Promise<ColumnFunctionResolution> {
  if (call.args[0]!.type.kind !== "binary") throw call.unexpectedType(0, '"BINARY"');
  const { schema, options, registered } = await protobufCall(call, clients, standard);
  const permissive = isPermissive(options, call, "from_protobuf");
  const chosen = protobufOptions(options);
  const type = withSchema(call, () => toSqlType(schema, chosen));
  const state: FromProtobufState = {
    schema,
    options: chosen,
    permissive,
    registered: registered ?? null,
  };
  return { type, nullable: true, state: state as unknown as Json };
}

/** Reads a batch of messages into columns. */
class FromProtobuf implements ColumnEvaluator {
  private readonly state: FromProtobufState;
  private readonly out: StructBuilder;
  private readonly decoder: MessageDecoder;
  private readonly reader = new WireReader();
  private readonly onMalformed: OpenColumnCall["onMalformed"];

  constructor(call: OpenColumnCall) {
    this.state = call.state as unknown as FromProtobufState;
    const { schema, options } = this.state;
    this.out = columnBuilder(call.type) as StructBuilder;
    this.onMalformed = call.onMalformed;
    this.decoder = new MessageDecoder(schema.messages[schema.root]!, schema, options, this.out);
  }

  evaluate(args: readonly Column[], rowCount: number): Column {
    const column = args[0] as BytesColumn;
    const { data, starts, lengths } = column;
    const { out } = this;
    this.reader.open(data);
    out.reset();
    for (let i = 0; i < rowCount; i++) {
      if (column.isNull(i)) out.appendNull();
      else this.row(i, data, starts[i]!, lengths[i]!);
    }
    return out.view();
  }

  private row(i: number, data: Uint8Array, start: number, length: number): void {
    const { reader, out, state } = this;
    try {
      const { registered } = state;
      const from = registered ? afterHeader(reader, data, start, length, registered) : start;
      this.decoder.read(reader, from, start + length);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      if (this.onMalformed) this.onMalformed(i, malformedMessage(error.message, error));
      else if (!state.permissive) throw refusedMessage(error.message, error);
      reader.open(data);
      out.truncate(i);
      out.appendNull();
    }
  }
}

/**
 * Where a message begins behind the id of its schema and the way to it: a count and so many places, or a zero for the first message. Within the
 * schema that is read by, another way is that of another message; what a way means in other versions is not known.
 */
function afterHeader(
  reader: WireReader,
  data: Uint8Array,
  start: number,
  length: number,
  { id, path }: NonNullable<ProtobufCall["registered"]>,
): number {
  const messageId = schemaIdOf(data, start, length);
  if (messageId < 0) throw new MalformedMessage("a message does not begin with the id of a schema");
  reader.begin(start + HEADER_BYTES, start + length);
  const count = placeOf(reader);
  let isWanted = count === 0 ? path.length === 1 && path[0] === 0 : count === path.length;
  for (let k = 0; k < count; k++) if (placeOf(reader) !== path[k]) isWanted = false;
  if (messageId === id && !isWanted)
    throw new MalformedMessage("its header says that it is another message of the schema");
  return reader.at;
}

/** A number of the header, which is zigzag and never negative. */
function placeOf(reader: WireReader): number {
  reader.varint();
  return reader.low >>> 1;
}
