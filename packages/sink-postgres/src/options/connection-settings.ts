import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { type Options, StreamError } from "@ss/core";
import { invalidOption } from "../errors.js";
import type { PostgresSinkOptions } from "../plugin.js";
import { type ConnectionUrl, parseConnectionUrl } from "./connection-url.js";

/** How a connection is opened. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | (() => string | Promise<string>) | undefined;
  readonly ssl: false | ConnectionOptions;
  readonly connectTimeoutMs: number;
  /** 0 for no limit. */
  readonly queryTimeoutMs: number;
  /** 0 for no limit. */
  readonly commitTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** What messages call the server: without user and password. */
  readonly server: string;
}

const PORT = 5432;
const CONNECT_TIMEOUT_MS = 10_000;
/** Longer than a lock is waited for, and enough to publish a large batch: what is not answered then is asked for on a new connection. */
const COMMIT_TIMEOUT_MS = 300_000;
const LOCK_TIMEOUT_MS = 60_000;

/** Reads the settings of a write: its options, then its URL, then what the plug-in was given. `warn` hears of what has no meaning. */
export function connectionSettings(
  options: Options,
  given: PostgresSinkOptions,
  warn: ((message: string) => void) | undefined,
): ConnectionSettings {
  const url = urlOf(options, given);
  if (url.ignored !== undefined)
    warn?.(`These parameters of the option 'url' change nothing here: ${url.ignored.join(", ")}.`);
  const host = options.get("host") ?? url.host ?? given.host ?? "localhost";
  const port = options.optionalInteger("port", 1) ?? url.port ?? given.port ?? PORT;
  const user = options.get("user") ?? url.user ?? given.user;
  if (user === undefined) throw userMissing();
  const database = options.get("database") ?? url.database ?? given.database ?? user;
  return {
    host,
    port,
    user,
    database,
    password: options.get("password") ?? url.password ?? given.password,
    ssl: sslOf(options, url, given),
    connectTimeoutMs: options.durationMs(
      "connectTimeout",
      given.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      1000,
    ),
    queryTimeoutMs: options.durationMs("queryTimeout", given.queryTimeoutMs ?? 0, 1000),
    commitTimeoutMs: options.durationMs("commitTimeout", given.commitTimeoutMs ?? COMMIT_TIMEOUT_MS, 1000),
    lockTimeoutMs: options.durationMs("lockTimeout", given.lockTimeoutMs ?? LOCK_TIMEOUT_MS, 1000),
    server: `${host}:${port}/${database}`,
  };
}

function urlOf(options: Options, given: PostgresSinkOptions): ConnectionUrl {
  const url = options.get("url") ?? given.url;
  return url === undefined ? {} : parseConnectionUrl(url);
}

const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;

function sslOf(options: Options, url: ConnectionUrl, given: PostgresSinkOptions): false | ConnectionOptions {
  const rootFile = options.get("sslrootcert") ?? url.sslrootcert;
  const mode = sslModeOf(options, url);
  if (mode === undefined && rootFile === undefined && typeof given.ssl === "object") return given.ssl;
  // whoever names the authorities to trust wants the server's certificate checked
  const isWanted = rootFile !== undefined || (given.ssl !== undefined && given.ssl !== false);
  const chosen = mode ?? (isWanted ? "verify-full" : "disable");
  if (chosen === "disable") return false;
  const root = rootFile === undefined ? {} : { ca: readRoot(rootFile) };
  switch (chosen) {
    case "require":
      return { ...root, rejectUnauthorized: false };
    case "verify-ca":
      return { ...root, checkServerIdentity: () => undefined };
    case "verify-full":
      return root;
  }
}

/** What the write says, then what its URL says; undefined where neither does. */
function sslModeOf(options: Options, url: ConnectionUrl): (typeof SSL_MODES)[number] | undefined {
  if (options.has("sslmode")) return options.choice("sslmode", SSL_MODES, "disable");
  if (options.has("ssl")) return options.boolean("ssl", false) ? "verify-full" : "disable";
  if (url.sslmode === undefined) return undefined;
  const known = SSL_MODES.find((mode) => mode === url.sslmode);
  if (known === undefined) throw invalidOption("sslmode", url.sslmode, `one of ${SSL_MODES.join(", ")}`);
  return known;
}

function readRoot(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw invalidOption("sslrootcert", file, "the path of a file with certificates in PEM form");
  }
}

function userMissing(): StreamError {
  return new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "user", format: "postgres" },
    message:
      "The format 'postgres' needs to know as whom it connects: set the option 'user', or write it into the option 'url', as in postgresql://user@host:5432/database.",
  });
}
