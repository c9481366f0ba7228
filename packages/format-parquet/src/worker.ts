// What worker threads import: see WorkerForm of @ss/core.
import type { FileFormat } from "@ss/core";
import { parquetFormat as format } from "./parquet-format.js";

export const parquetFormat = (): FileFormat => format;
