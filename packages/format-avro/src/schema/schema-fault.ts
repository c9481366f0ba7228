/** What is wrong with a schema, or with two that should fit; turned into an error of the query where the call is known. */
export class SchemaFault extends Error {}
