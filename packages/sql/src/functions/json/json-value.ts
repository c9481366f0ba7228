import { formatDouble } from "@ss/kernels";

/** A JSON value that keeps numbers as they were written and names in their order. */
export type JsonNode =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, JsonNode])[] };

/** Reads a JSON text, with single quotes and control characters allowed as Spark allows them; undefined where it is none. */
export function parseJson(text: string): JsonNode | undefined {
  try {
    const reader = new JsonReader(text);
    return reader.document();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads the value at the beginning of a text, whatever follows it. */
export function parseJsonPrefix(text: string): JsonNode | undefined {
  try {
    return new JsonReader(text).value();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Objects and arrays that are nested deeper are malformed, as in Spark. */
const DEPTH_MAX = 1000;

class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const node = this.value();
    this.#blanks();
    return node;
  }

  value(): JsonNode {
    this.#blanks();
    const character = this.#text[this.#at];
    switch (character) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
      case "'":
        return { kind: "string", value: this.#string() };
      case "t":
        this.#word("true");
        return { kind: "boolean", value: true };
      case "f":
        this.#word("false");
        return { kind: "boolean", value: false };
      case "n":
        this.#word("null");
        return { kind: "null" };
      default:
        return this.#number();
    }
  }

  #nested(read: () => JsonNode): JsonNode {
    if (++this.#depth > DEPTH_MAX) this.#fail();
    const node = read();
    this.#depth--;
    return node;
  }

  #fail(): never {
    throw new SyntaxError("malformed JSON");
  }

  #blanks(): void {
    while (this.#at < this.#text.length && " \t\r\n".includes(this.#text[this.#at]!)) this.#at++;
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) this.#fail();
    this.#at += word.length;
  }

  #number(): JsonNode {
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/.exec(
      this.#text.slice(this.#at, this.#at + 400),
    );
    if (!match) this.#fail();
    this.#at += match[0].length;
    return { kind: "number", text: match[0] };
  }

  #string(): string {
    const quote = this.#text[this.#at]!;
    let out = "";
    this.#at++;
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) this.#fail();
      if (character === quote) return out;
      out += character === "\\" ? this.#escape() : character;
    }
  }

  #escape(): string {
    const character = this.#text[this.#at++];
    switch (character) {
      case "n":
        return "\n";
      case "t":
        return "\t";
      case "r":
        return "\r";
      case "b":
        return "\b";
      case "f":
        return "\f";
      case "u": {
        const digits = this.#text.slice(this.#at, this.#at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail();
        this.#at += 4;
        return String.fromCharCode(Number.parseInt(digits, 16));
      }
      case '"':
      case "'":
      case "\\":
      case "/":
        return character;
      default:
        return this.#fail();
    }
  }

  #array(): JsonNode {
    const items: JsonNode[] = [];
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return { kind: "array", items };
    }
    for (;;) {
      items.push(this.value());
      if (this.#ends("]")) return { kind: "array", items };
    }
  }

  #object(): JsonNode {
    const entries: [string, JsonNode][] = [];
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return { kind: "object", entries };
    }
    for (;;) {
      this.#blanks();
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") this.#fail();
      const name = this.#string();
      this.#blanks();
      if (this.#text[this.#at++] !== ":") this.#fail();
      entries.push([name, this.value()]);
      if (this.#ends("}")) return { kind: "object", entries };
    }
  }

  /** Whether the closing sign comes next; else a comma has to. */
  #ends(closing: string): boolean {
    this.#blanks();
    const character = this.#text[this.#at++];
    if (character === closing) return true;
    if (character !== ",") this.#fail();
    return false;
  }
}

/** Numbers with a point or an exponent are doubles. */
function numberText(text: string): string {
  if (!/[.eE]/.test(text)) return text === "-0" ? "0" : text;
  const value = Number(text);
  return Number.isFinite(value) ? formatDouble(value) : `"${formatDouble(value)}"`;
}

/** A JSON value as a compact text. */
export function writeJson(node: JsonNode): string {
  switch (node.kind) {
    case "null":
      return "null";
    case "boolean":
      return String(node.value);
    case "number":
      return numberText(node.text);
    case "string":
      return JSON.stringify(node.value);
    case "array":
      return `[${node.items.map(writeJson).join(",")}]`;
    case "object":
      return `{${node.entries.map(([name, value]) => `${JSON.stringify(name)}:${writeJson(value)}`).join(",")}}`;
  }
}
