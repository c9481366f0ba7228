/** What a golden file says about the error of a statement. */
export interface ExpectedError {
  readonly kind: "error";
  /** Absent where Spark's error has no condition, only a message. */
  readonly condition?: string;
  readonly sqlState?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly fragments: readonly string[];
  /** The text that stands in place of a condition. */
  readonly message?: string;
}

/** What a golden file says about the answer of a statement. */
export type ExpectedAnswer =
  | { readonly kind: "nothing" }
  | { readonly kind: "rows"; readonly text: string }
  | ExpectedError;

interface ErrorJson {
  readonly errorClass?: string;
  readonly condition?: string;
  readonly sqlState?: string;
  readonly messageParameters?: Readonly<Record<string, string>>;
  readonly queryContext?: readonly { readonly fragment?: string }[];
}

/** The first line of an error is the name of a Java or Python class. */
const CLASS_LINE = /^(?:[a-z_]\w*\.)+[A-Z]\w*$/;

/** The answer that the schema and the output of a golden statement stand for. */
export function expectedAnswer(schema: string, output: string): ExpectedAnswer {
  if (output === "") return { kind: "nothing" };
  const lines = output.split("\n");
  if (schema !== "struct<>" || !CLASS_LINE.test(lines[0]!)) return { kind: "rows", text: output };
  return expectedError(lines.slice(1).join("\n").trim());
}

function expectedError(text: string): ExpectedError {
  const json = text.startsWith("{") ? parseJson(text) : undefined;
  if (!json) return { kind: "error", parameters: {}, fragments: [], message: text };
  const condition = json.condition ?? json.errorClass;
  return {
    kind: "error",
    ...(condition !== undefined && { condition }),
    ...(json.sqlState !== undefined && { sqlState: json.sqlState }),
    parameters: json.messageParameters ?? {},
    fragments: (json.queryContext ?? []).flatMap(({ fragment }) => (fragment ? [fragment] : [])),
  };
}

function parseJson(text: string): ErrorJson | undefined {
  try {
    return JSON.parse(text) as ErrorJson;
  } catch {
    return undefined;
  }
}
