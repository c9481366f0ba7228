/** A way in which Spark writes Parquet files. */
export interface ParquetCase {
  readonly name: string;
  readonly conf: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

const withConf = (name: string, conf: ParquetCase["conf"]): ParquetCase => ({ name, conf, options: {} });
const withOptions = (name: string, options: ParquetCase["options"]): ParquetCase => ({
  name,
  conf: {},
  options,
});

/** The forms that Parquet files come in. */
export const parquetCases: readonly ParquetCase[] = [
  withConf("timestamps as INT96", { "spark.sql.parquet.outputTimestampType": "INT96" }),
  withConf("timestamps as milliseconds", { "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS" }),
  withConf("the layout of older writers", { "spark.sql.parquet.writeLegacyFormat": "true" }),
  withOptions("pages of version 2", { "parquet.writer.version": "v2" }),
  withOptions("no dictionaries", { "parquet.enable.dictionary": "false" }),
  ...["uncompressed", "gzip", "zstd", "lz4_raw"].map((compression) =>
    withOptions(compression, { compression }),
  ),
];

/** Values that are stored in more than one way, beside nulls. */
export const PARQUET_QUERY = `
SELECT id, CAST(id % 5 AS STRING) AS word,
  CASE WHEN id % 7 <> 0 THEN timestamp_millis(id * 86400000 * 300 - 9000000000123) END AS at,
  CASE WHEN id % 7 <> 0 THEN CAST(id * 1.25 AS DECIMAL(9,2)) END AS small,
  CAST(id * 1000000.5 AS DECIMAL(18,1)) AS middle, CAST(-id AS DECIMAL(38,10)) AS wide,
  date_add(DATE'1600-01-01', CAST(id * 400 AS INT)) AS day,
  CASE WHEN id % 3 <> 0 THEN array(id, NULL, id + 1) END AS list,
  map(CAST(id AS STRING), named_struct('x', id, 'y', array('a', NULL))) AS m,
  CASE WHEN id % 4 <> 0 THEN named_struct('n', CASE WHEN id % 2 = 0 THEN id END) END AS s
FROM range(0, 400)`;
