import type { RegisteredSchema, SchemaKind } from "./registered-schema.js";
import type { RegistryConnection } from "./registry-connection.js";
import { registryFailed, schemaNotFound } from "./registry-errors.js";

const STANDARD_TIMEOUT_MS = 30_000;
/** Waits before an attempt is repeated. */
const PAUSES_MS: readonly number[] = [100, 500];
/** How deep schemas may refer to schemas. */
const REFERENCES_MAX = 32;
const MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
/** An id that was not there is asked for again after so long. */
const MISSING_MS = 30_000;

/** What the client needs of its surroundings. */
export interface RegistryEnvironment {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Waits between attempts. */
  readonly pause: (ms: number) => Promise<void>;
}

interface SchemaAnswer {
  readonly id?: number;
  readonly schema: string;
  readonly schemaType?: SchemaKind;
  readonly references?: readonly {
    readonly name: string;
    readonly subject: string;
    readonly version: number;
  }[];
}

/**
 * A client of a Confluent-compatible schema registry. A schema is asked for once by its id and kept, since ids never change their
 * meaning. Failures of the network and of the server are tried again twice, at every address, unless they took as long as
 * one answer may; no error holds a secret.
 */
export class SchemaRegistry {
  private readonly addresses: readonly string[];
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timeoutMs: number;
  private readonly environment: RegistryEnvironment;
  private readonly byId = new Map<number, RegisteredSchema>();
  private readonly asked = new Map<number, Promise<RegisteredSchema>>();
  /** Ids that are not there, and when that was found. */
  private readonly missing = new Map<number, number>();

  constructor(connection: RegistryConnection, environment: Partial<RegistryEnvironment> = {}) {
    const { urls, authorization } = addressesOf(connection);
    this.addresses = urls;
    this.headers = { accept: MEDIA_TYPE, ...(authorization === undefined ? {} : { authorization }) };
    this.timeoutMs = connection.timeoutMs ?? STANDARD_TIMEOUT_MS;
    this.environment = { fetch, now: Date.now, pause, ...environment };
  }

  /** Where it is, without secrets: for messages. */
  get url(): string {
    return this.addresses.join(",");
  }

  /** The schema of an id, if it was asked for before; null where it is known to be missing. */
  known(id: number): RegisteredSchema | null | undefined {
    const found = this.byId.get(id);
    if (found) return found;
    const since = this.missing.get(id);
    return since !== undefined && this.environment.now() - since < MISSING_MS ? null : undefined;
  }

  /** The schema of an id; SS_SCHEMA_NOT_FOUND. Calls for the same id share one request, which goes on when one of them is given up. */
  async schema(id: number): Promise<RegisteredSchema> {
    const known = this.byId.get(id);
    if (known) return known;
    let asked = this.asked.get(id);
    if (asked === undefined) {
      asked = this.load(id).finally(() => this.asked.delete(id));
      this.asked.set(id, asked);
    }
    return asked;
  }

  private async load(id: number): Promise<RegisteredSchema> {
    const answer = await this.get<SchemaAnswer>(`/schemas/ids/${id}`, `schema of id ${id}`);
    if (answer === undefined) {
      this.missing.set(id, this.environment.now());
      throw schemaNotFound(this.url, `schema of id ${id}`);
    }
    return this.keep(id, answer, 0);
  }

  /** The schema of a subject in a version, or in its latest one; undefined where there is none. */
  async ofSubject(subject: string, version: number | "latest"): Promise<RegisteredSchema | undefined> {
    return this.version(subject, version, 0);
  }

  private async version(
    subject: string,
    version: number | "latest",
    depth: number,
  ): Promise<RegisteredSchema | undefined> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
    const answer = await this.get<SchemaAnswer>(path, `version ${version} of the subject ${subject}`);
    return answer && this.keep(answer.id!, answer, depth);
  }

  private async keep(id: number, answer: SchemaAnswer, depth: number): Promise<RegisteredSchema> {
    if (depth > REFERENCES_MAX)
      throw registryFailed(this.url, `schema of id ${id}`, "its references have no end");
    const references: RegisteredSchema["references"][number][] = [];
    for (const { name, subject, version } of answer.references ?? []) {
      const schema = await this.version(subject, version, depth + 1);
      if (schema === undefined)
        throw schemaNotFound(this.url, `version ${version} of the subject ${subject}`);
      references.push({ name, schema });
    }
    const made = { id, kind: answer.schemaType ?? "AVRO", text: answer.schema, references };
    this.byId.set(id, made);
    this.missing.delete(id);
    return made;
  }

  /** Registers a schema under a subject, which has it already or takes it as its next version, and returns its id. */
  async register(subject: string, kind: SchemaKind, text: string): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    const body = JSON.stringify(kind === "AVRO" ? { schema: text } : { schema: text, schemaType: kind });
    const what = `registering a schema under the subject ${subject}`;
    const answer = await this.request<{ readonly id: number }>(path, what, { method: "POST", body });
    if (answer === undefined) throw schemaNotFound(this.url, `subject ${subject}`);
    return answer.id;
  }

  private get<T>(path: string, what: string): Promise<T | undefined> {
    return this.request(path, what, { method: "GET" });
  }

  /** The answer to a request; undefined where what it is about is not there. */
  private async request<T>(
    path: string,
    what: string,
    init: { readonly method: string; readonly body?: string },
  ): Promise<T | undefined> {
    const { now, pause } = this.environment;
    const startMs = now();
    let failure: unknown;
    for (let attempt = 0; attempt <= PAUSES_MS.length; attempt++) {
      // a registry that kept silent so long is not asked again: who waits has waited long enough
      if (attempt > 0 && now() - startMs >= this.timeoutMs) break;
      if (attempt > 0) await pause(PAUSES_MS[attempt - 1]!);
      for (const address of this.addresses) {
        const answer = await this.attempt<T>(address, path, what, init);
        if (!(answer instanceof Unanswered)) return answer;
        failure = answer;
      }
    }
    const { message, cause } = failure as Unanswered;
    throw registryFailed(this.url, what, message, cause);
  }

  private async attempt<T>(
    address: string,
    path: string,
    what: string,
    init: { readonly method: string; readonly body?: string },
  ): Promise<T | undefined | Unanswered> {
    let response: Response;
    let text: string;
    try {
      response = await this.environment.fetch(`${address}${path}`, {
        ...init,
        headers: init.body === undefined ? this.headers : { ...this.headers, "content-type": MEDIA_TYPE },
        redirect: "error",
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      const isLate = (error as Error).name === "TimeoutError";
      const reason = isLate ? `no answer within ${this.timeoutMs} ms` : reasonOf(error as Error);
      return new Unanswered(reason, { cause: error });
    }
    if (response.status >= 500 || response.status === 429) {
      return new Unanswered(`status ${response.status}${detailOf(text)}`);
    }
    if (response.status === 404) return undefined;
    if (!response.ok) throw registryFailed(this.url, what, `status ${response.status}${detailOf(text)}`);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw registryFailed(this.url, what, "the answer is no JSON", cause);
    }
  }
}

/** An attempt that may be repeated. */
class Unanswered extends Error {}

function reasonOf(error: Error): string {
  const inner = error.cause as (Error & { readonly code?: string }) | undefined;
  return inner?.code ?? inner?.message ?? error.message;
}

/** What a registry says of an error, cut short. */
function detailOf(text: string): string {
  try {
    const { message, error_code: code } = JSON.parse(text) as { message?: string; error_code?: number };
    return message === undefined ? "" : ` (${code ?? ""} ${message.slice(0, 500)})`;
  } catch {
    return "";
  }
}

function addressesOf({ url, basicAuth, bearerToken }: RegistryConnection): {
  readonly urls: readonly string[];
  readonly authorization: string | undefined;
} {
  let inUrl: string | undefined;
  const urls = url.split(",").map((one) => {
    const parsed = parsedUrl(one.trim());
    const address = `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
    if (parsed.username !== "") inUrl = userOf(parsed, address);
    return address;
  });
  if (bearerToken !== undefined) return { urls, authorization: bearerHeader(bearerToken, urls) };
  const basic = basicAuth ?? inUrl;
  const authorization = basic === undefined ? undefined : `Basic ${Buffer.from(basic).toString("base64")}`;
  return { urls, authorization };
}

function parsedUrl(text: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    // an address that is none may be a secret in the wrong place
    throw registryFailed("?", "its address", "the address is no URL");
  }
  if (parsed.protocol === "http:" || parsed.protocol === "https:") return parsed;
  throw registryFailed(`${parsed.protocol}//${parsed.host}`, "its address", "only http and https are spoken");
}

function userOf({ username, password }: URL, address: string): string {
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw registryFailed(address, "its address", "a % in the user or the password is written %25");
  }
}

/** Checked here, since what refuses a header tells its value. */
function bearerHeader(token: string, urls: readonly string[]): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return `Bearer ${trimmed}`;
  throw registryFailed(
    urls.join(","),
    "its login",
    "the bearer token is empty, or has characters that no token has",
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
