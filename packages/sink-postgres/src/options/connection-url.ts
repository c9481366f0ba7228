import { invalidUrl } from "../errors.js";

/** What a URL says of a connection. */
export interface ConnectionUrl {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly sslmode?: string;
  readonly sslrootcert?: string;
  /** Names of parameters that mean nothing here. */
  readonly ignored?: readonly string[];
}

const PARAMETERS: ReadonlySet<string> = new Set(["user", "password", "ssl", "sslmode", "sslrootcert"]);

const START = /^(jdbc:)?postgres(ql)?:\/\//i;

/** Reads `postgresql://user:password@host:port/database?sslmode=...`, also with JDBC's `jdbc:` before it. */
export function parseConnectionUrl(text: string): ConnectionUrl {
  if (!START.test(text)) throw invalidUrl();
  try {
    // Only schemes of the web have ports and hosts that the class checks.
    const url = new URL(text.replace(START, "http://"));
    const query = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
    const ssl = query("ssl")?.toLowerCase();
    const ignored = [...new Set(url.searchParams.keys())].filter((name) => !PARAMETERS.has(name));
    const told = withoutEmpty({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: portOf(text, url),
      database: decodeURIComponent(url.pathname.slice(1)),
      user: decodeURIComponent(url.username) || query("user"),
      password: decodeURIComponent(url.password) || query("password"),
      sslmode: query("sslmode") ?? (ssl === "true" || ssl === "" ? "verify-full" : undefined),
      sslrootcert: query("sslrootcert"),
    });
    return ignored.length === 0 ? told : { ...told, ignored };
  } catch {
    throw invalidUrl();
  }
}

/** The class leaves out port 80, since that goes without saying on the web. */
function portOf(text: string, { port }: URL): number | undefined {
  if (port !== "") return Number(port);
  return /:80(?=[/?]|$)/.test(text.replace(START, "")) ? 80 : undefined;
}

function withoutEmpty(values: Readonly<Record<string, string | number | undefined>>): ConnectionUrl {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ""),
  );
}
