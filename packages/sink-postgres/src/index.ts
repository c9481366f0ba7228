export { type PostgresSinkOptions, postgresSink } from "./plugin.js";
