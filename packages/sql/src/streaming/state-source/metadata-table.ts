import {
  Batch,
  batchFromRows,
  IntegerType,
  LongType,
  type Partition,
  type ScanRequest,
  type StateReader,
  StringType,
  StructField,
  StructType,
  type Table,
  type Value,
} from "@ss/core";
import { operatorsUnreadable } from "./errors.js";

const SCHEMA = new StructType([
  StructField("operatorId", LongType),
  StructField("operatorName", StringType),
  StructField("stateStoreName", StringType),
  StructField("numPartitions", IntegerType),
  StructField("minBatchId", LongType),
  StructField("maxBatchId", LongType),
  StructField("operatorProperties", StringType),
]);

/** In Spark a column that `*` passes over; here it is there where the option `_numColsPrefixKey` asks for it. */
const PREFIX = StructField("_numColsPrefixKey", IntegerType);

/** The stores of a checkpoint's stateful operators, a row for each. */
export class StateMetadataTable implements Table {
  readonly description: string;
  readonly schema: StructType;
  private readonly reader: StateReader;
  private readonly checkpoint: string;

  constructor(reader: StateReader, checkpoint: string, withPrefix: boolean) {
    this.reader = reader;
    this.checkpoint = checkpoint;
    this.description = `state-metadata ${checkpoint}`;
    this.schema = withPrefix ? new StructType([...SCHEMA.fields, PREFIX]) : SCHEMA;
  }

  async plan(): Promise<readonly Partition[]> {
    return [0];
  }

  async *read(_: Partition, { columns }: ScanRequest): AsyncIterable<Batch> {
    const rows = await this.rows();
    if (rows.length === 0) return;
    const wanted = columns.map((name) => this.schema.fields.findIndex((field) => field.name === name));
    const schema = new StructType(wanted.map((k) => this.schema.fields[k]!));
    const batch = batchFromRows(
      schema,
      rows.map((row) => wanted.map((k) => row[k]!)),
    );
    yield new Batch(schema, batch.columns, rows.length);
  }

  private async rows(): Promise<Value[][]> {
    const batches = await this.reader.committed();
    const [first, last] = [batches?.first ?? -1, batches?.last ?? -1];
    const operators = await this.reader.operators().catch((error: unknown) => {
      throw operatorsUnreadable(this.checkpoint, last, error);
    });
    return operators.flatMap(({ operatorId, operatorName, numPartitions, stores, properties }) =>
      stores.map(({ storeName, numColsPrefixKey }) => [
        BigInt(operatorId),
        operatorName,
        storeName,
        numPartitions,
        BigInt(first),
        BigInt(last),
        properties,
        numColsPrefixKey,
      ]),
    );
  }
}
