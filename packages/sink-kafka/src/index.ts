export { kafkaSink } from "./plugin.js";
