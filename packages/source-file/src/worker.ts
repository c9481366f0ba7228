// What worker threads import: see WorkerForm of @ss/core.
import type { FileFormat } from "@ss/core";
import { csvFormat } from "./csv/csv-format.js";
import { jsonFormat } from "./json/json-format.js";
import { textFormat } from "./text/text-format.js";

export { fileReader } from "./table/file-worker.js";

export const csv = (): FileFormat => csvFormat;
export const json = (): FileFormat => jsonFormat;
export const text = (): FileFormat => textFormat;
