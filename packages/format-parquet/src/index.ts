export { parquet, parquetFormat } from "./parquet-format.js";
