/** What is wrong with a schema, with the condition of the error that it becomes. */
export class ProtobufFault extends Error {
  readonly condition: string;
  readonly sqlState: string;
  readonly parameters: Readonly<Record<string, string>>;

  constructor(
    condition: string,
    sqlState: string,
    message: string,
    parameters: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.condition = condition;
    this.sqlState = sqlState;
    this.parameters = parameters;
  }
}
