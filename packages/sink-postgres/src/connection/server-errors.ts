import { type Recovery, StreamError } from "@ss/core";

/** What the server says of an error, besides its message. */
interface ServerFields {
  /** SQLSTATE, or the system's code of a failed connection. */
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly table?: string;
  readonly column?: string;
  readonly where?: string;
}

const fieldsOf = (error: unknown): ServerFields => (error instanceof Error ? (error as ServerFields) : {});

/** The SQLSTATE of an error that the server has sent. */
export function serverCode(error: unknown): string | undefined {
  const { code, severity } = fieldsOf(error);
  return severity === undefined ? undefined : code;
}

/** Shutdowns and starts of the server, and classes 08 (connections). Answers of this kind end a connection. */
const GOING_AWAY = /^(57P0[1-5]|08...)$/;
/** Too many connections, or none of them free. */
const NO_ROOM = /^53...$/;
/** Deadlocks, serialization failures and locks that were not given in time. */
const IN_EACH_OTHERS_WAY = /^(40001|40P01|55P03)$/;

/** Whether the connection is gone with an error, and with it the transaction, unless that was being committed. */
export function isConnectionLoss(error: unknown): boolean {
  if (StreamError.is(error)) return error.condition === "SS_POSTGRES_CONNECTION_LOST";
  const code = serverCode(error);
  return code === undefined || GOING_AWAY.test(code);
}

/** Whether the same statement may succeed when it is repeated. */
export const isPassing = (error: unknown): boolean => IN_EACH_OTHERS_WAY.test(serverCode(error) ?? "");

/** An error while a connection is opened. The password is in none of the texts. */
export function connectionError(error: unknown, server: string): StreamError {
  const code = serverCode(error);
  const mayPass = code === undefined ? isNetworkError(error) : GOING_AWAY.test(code) || NO_ROOM.test(code);
  const advice = mayPass
    ? "See that the server runs and can be reached from here."
    : "Check the options of the connection: user, password, database, ssl.";
  return new StreamError({
    condition: mayPass ? "SS_POSTGRES_UNREACHABLE" : "SS_POSTGRES_REFUSED",
    sqlState: code ?? "08001",
    parameters: { server },
    message: `No connection to PostgreSQL at ${server}: ${reasonOf(error)}. ${advice}`,
    recovery: mayPass ? "retry" : "fail",
    cause: error,
  });
}

const NETWORK_CODES = /^(ECONN|ETIMEDOUT|EHOST|ENET|EPIPE|EAI_AGAIN)/;

function isNetworkError(error: unknown): boolean {
  const { code } = fieldsOf(error);
  if (code !== undefined) return NETWORK_CODES.test(code);
  return /timeout|terminated/.test(reasonOf(error));
}

/** Several addresses that were tried are an error without a message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map((inner) => reasonOf(inner)).join(", ");
  return error instanceof Error ? error.message : String(error);
}

/** An error of a statement, for whoever runs the query. */
export function statementError(error: unknown, server: string, recovery?: Recovery): StreamError {
  if (StreamError.is(error)) return error;
  const code = serverCode(error);
  if (code === undefined || GOING_AWAY.test(code)) {
    return new StreamError({
      condition: "SS_POSTGRES_CONNECTION_LOST",
      sqlState: code ?? "08006",
      parameters: { server },
      message: `The connection to PostgreSQL at ${server} is gone: ${reasonOf(error)}. What was not committed is undone.`,
      recovery: recovery ?? "retry",
      cause: error,
    });
  }
  const { detail, table, column, where } = fieldsOf(error);
  const place = column ?? /, column ("?)(.+?)\1(:|$)/m.exec(where ?? "")?.[2];
  const parts = [
    `PostgreSQL at ${server} refused: ${reasonOf(error)}`,
    place === undefined ? "" : ` (column '${place}'${table === undefined ? "" : ` of ${table}`})`,
    detail === undefined ? "" : `: ${detail.replace(/\.$/, "")}`,
  ];
  return new StreamError({
    condition: "SS_POSTGRES_STATEMENT_REFUSED",
    sqlState: code,
    parameters: { server, ...(place === undefined ? {} : { column: place }) },
    message: `${parts.join("")}.`,
    recovery: recovery ?? (isPassing(error) ? "retry" : "fail"),
    cause: error,
  });
}
