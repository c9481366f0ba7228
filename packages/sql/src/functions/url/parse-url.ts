/** The parts of a URL; null for what is not there. */
export interface ParsedUrl {
  readonly protocol: string | null;
  readonly authority: string | null;
  readonly userInfo: string | null;
  readonly host: string | null;
  readonly path: string;
  readonly query: string | null;
  readonly ref: string | null;
}

const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;
const AUTHORITY = /^(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:@]*)(?::\d*)?$/;

/** Takes a URL apart as Java's URI does; undefined where it is none (blanks and other signs have to be encoded). */
export function parseUrl(text: string): ParsedUrl | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters make a URL invalid
  if (/[\u0000-\u0020"<>\\^`{|}\u007f]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const match = URL_PARTS.exec(text);
  if (!match) return undefined;
  const [, protocol, authority, path = "", query, ref] = match;
  const server = authority === undefined ? null : AUTHORITY.exec(authority);
  const valid = server && /^(?:\[.*\]|[A-Za-z0-9.-]*)$/.test(server[2]!) && server[2] !== "";
  return {
    protocol: protocol ?? null,
    authority: authority || null,
    userInfo: valid ? (server[1] ?? null) : null,
    host: valid ? server[2]! : null,
    path,
    query: query ?? null,
    ref: ref ?? null,
  };
}
