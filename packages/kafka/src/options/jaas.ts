import { invalidProperty } from "./kafka-properties.js";

/** An entry of a JAAS configuration: a login module and its options. */
export interface JaasEntry {
  /** The class, without its package. */
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

/**
 * Reads the value of `sasl.jaas.config`: `org.example.Module required name="value" ...;`. The text holds secrets, so that no message
 * repeats it.
 */
export function parseJaas(text: string): JaasEntry {
  const head = /^\s*([\w.$]+)\s+(?:required|requisite|sufficient|optional)\b/i.exec(text);
  if (head === null) throw malformed();
  const options = new Map<string, string>();
  const option = /\s*([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))/y;
  option.lastIndex = head[0].length;
  let end = option.lastIndex;
  for (let match = option.exec(text); match !== null; match = option.exec(text)) {
    options.set(match[1]!, (match[2] ?? match[3] ?? match[4]!).replace(/\\(.)/g, "$1"));
    end = option.lastIndex;
  }
  if (!/^\s*;\s*$/.test(text.slice(end))) throw malformed();
  return { module: head[1]!.replace(/^.*[.$]/, ""), options };
}

function malformed(): Error {
  return invalidProperty(
    "sasl.jaas.config",
    "(hidden)",
    'one entry such as: org.apache.kafka.common.security.plain.PlainLoginModule required username="..." password="...";',
  );
}
