export { csv, type CsvReadOptions, type FileReadOptions, json, type JsonReadOptions, text, type TextReadOptions } from "./specs.js";
export { csvFormat } from "./csv/csv-format.js";
export { jsonFormat } from "./json/json-format.js";
export { textFormat } from "./text/text-format.js";
export { fileSource } from "./plugin.js";
