export { type PostgresTableOptions, postgresTable } from "./options/postgres-table.js";
export { type PostgresSinkOptions, postgresSink } from "./plugin.js";
