export { parquetSink } from "./plugin.js";
