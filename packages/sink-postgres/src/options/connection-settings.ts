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
  readonly lockTimeoutMs: number;
  /** What messages call the server: without user and password. */
  readonly server: string;
}

const PORT = 5432;
const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 60_000;

/** Reads the settings of a write: its options, then those that the plug-in was given. */
export function connectionSettings(options: Options, given: PostgresSinkOptions): ConnectionSettings {
  const url = urlOf(options, given);
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
  const isGivenOnly = !["ssl", "sslmode", "sslrootcert"].some((name) => options.has(name));
  if (isGivenOnly && url.sslmode === undefined && typeof given.ssl === "object") return given.ssl;
  const fallback = (options.boolean("ssl", given.ssl === true) ? "verify-full" : undefined) ?? "disable";
  const mode = options.has("sslmode")
    ? options.choice("sslmode", SSL_MODES, "disable")
    : (SSL_MODES.find((known) => known === url.sslmode) ?? unknownMode(url.sslmode, fallback));
  if (mode === "disable") return false;
  const rootFile = options.get("sslrootcert") ?? url.sslrootcert;
  const root = rootFile === undefined ? {} : { ca: readRoot(rootFile) };
  switch (mode) {
    case "require":
      return { ...root, rejectUnauthorized: false };
    case "verify-ca":
      return { ...root, checkServerIdentity: () => undefined };
    case "verify-full":
      return root;
  }
}

function unknownMode(
  mode: string | undefined,
  fallback: (typeof SSL_MODES)[number],
): (typeof SSL_MODES)[number] {
  if (mode === undefined) return fallback;
  throw invalidOption("sslmode", mode, `one of ${SSL_MODES.join(", ")}`);
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
