export { csvFormat } from "./csv/csv-format.js";
export { jsonFormat } from "./json/json-format.js";
export { fileSource } from "./plugin.js";
export {
  type CsvReadOptions,
  csv,
  type FileReadOptions,
  type JsonReadOptions,
  json,
  type TextReadOptions,
  text,
} from "./specs.js";
export { textFormat } from "./text/text-format.js";
