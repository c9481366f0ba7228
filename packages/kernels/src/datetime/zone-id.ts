import { TimeZone } from "./time-zone.js";

/** The three-letter ids that Java keeps for old programs. They name regions, not the abbreviations of today. */
const SHORT_IDS: ReadonlyMap<string, string> = new Map(
  (
    "ACT Australia/Darwin,AET Australia/Sydney,AGT America/Argentina/Buenos_Aires,ART Africa/Cairo," +
    "AST America/Anchorage,BET America/Sao_Paulo,BST Asia/Dhaka,CAT Africa/Harare,CNT America/St_Johns," +
    "CST America/Chicago,CTT Asia/Shanghai,EAT Africa/Addis_Ababa,ECT Europe/Paris," +
    "IET America/Indiana/Indianapolis,IST Asia/Kolkata,JST Asia/Tokyo,MIT Pacific/Apia,NET Asia/Yerevan," +
    "NST Pacific/Auckland,PLT Asia/Karachi,PNT America/Phoenix,PRT America/Puerto_Rico," +
    "PST America/Los_Angeles,SST Pacific/Guadalcanal,VST Asia/Ho_Chi_Minh,EST -05:00,MST -07:00,HST -10:00"
  )
    .split(",")
    .map((entry) => entry.split(" ") as [string, string]),
);

const zones = new Map<string, TimeZone>();

/** Coordinated Universal Time under the id `UTC`. */
export const UTC: TimeZone = new TimeZone("UTC", 0, undefined, false);

/**
 * The zone that an id names, or undefined.
 *
 * Accepted are region ids in their own spelling, `Z`, offsets from `+h` to `+hh:mm:ss` (also `+h:mm` and
 * `+hh:m`), `UTC`, `GMT` and `UT` with or without an offset, and the short ids of Java (`PST`).
 */
export function timeZone(id: string): TimeZone | undefined {
  const known = zones.get(id);
  if (known !== undefined) return known;
  const zone = createZone(padOffset(id));
  if (zone === undefined) return undefined;
  // Two spellings of one zone share its transitions.
  const shared = zones.get(zone.id) ?? zone;
  zones.set(zone.id, shared);
  zones.set(id, shared);
  return shared;
}

/** Turns `+1:30` into `+01:30` and `+01:3` into `+01:03`, wherever the first such sign stands. */
function padOffset(id: string): string {
  return id.replace(/([+-])(\d):/, "$10$2:").replace(/([+-])(\d\d):(\d)$/, "$1$2:0$3");
}

function createZone(id: string): TimeZone | undefined {
  const longId = SHORT_IDS.get(id);
  if (longId !== undefined) return createZone(longId);
  if (id.length <= 1 || id.startsWith("+") || id.startsWith("-")) {
    const offset = parseZoneOffset(id);
    return offset === undefined ? undefined : offsetZone(offset);
  }
  if (id === "UTC") return UTC;
  for (const prefix of ["UTC", "GMT", "UT"]) {
    if (id.startsWith(prefix)) return prefixedZone(id, prefix);
  }
  return regionZone(id);
}

function prefixedZone(id: string, prefix: string): TimeZone | undefined {
  if (id === prefix) return new TimeZone(id, 0, undefined, false);
  const sign = id[prefix.length];
  if (sign !== "+" && sign !== "-") return regionZone(id);
  const offset = parseZoneOffset(id.slice(prefix.length));
  if (offset === undefined) return undefined;
  return new TimeZone(offset === 0 ? prefix : prefix + formatZoneOffset(offset), offset, undefined, false);
}

function regionZone(id: string): TimeZone | undefined {
  if (!isRegionSpelling(id)) return undefined;
  try {
    return new TimeZone(id, undefined, id, false);
  } catch {
    return undefined;
  }
}

/**
 * `Intl` ignores the case of a region id and Java does not: words begin with a capital, but for the particles
 * of a few names, and longer words are not all capitals.
 */
function isRegionSpelling(id: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(id)) return false;
  return id.split(/[/_-]/).every((word) => {
    if (word === "" || /^[0-9+]/.test(word)) return true;
    if (word === "es" || word === "of" || word === "au") return true;
    return /^[A-Z]/.test(word) && !/^[A-Z]{5,}$/.test(word) && !/^[a-z]+[A-Z]{3,}/.test(word);
  });
}

/** The zone of a bare offset in seconds, known as `Z` when that is zero. */
export function offsetZone(offset: number): TimeZone {
  const id = formatZoneOffset(offset);
  let zone = zones.get(id);
  if (zone === undefined) {
    zone = new TimeZone(id, offset, undefined, true);
    zones.set(id, zone);
  }
  return zone;
}

/** An offset in seconds as Java prints it: `Z`, `+01:00`, `-07:52:58`. */
export function formatZoneOffset(offset: number): string {
  if (offset === 0) return "Z";
  const total = Math.abs(offset);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  const seconds = total % 60 === 0 ? "" : `:${two(total % 60)}`;
  return `${offset < 0 ? "-" : "+"}${two(total / 3600)}:${two((total / 60) % 60)}${seconds}`;
}

const OFFSET = /^([+-])(?:(\d)|(\d\d)(?:(\d\d)(\d\d)?|:(\d\d)(?::(\d\d))?)?)$/;

/**
 * The seconds of an offset id (`Z`, `+h`, `+hh`, `+hhmm`, `+hh:mm`, `+hhmmss`, `+hh:mm:ss`), undefined when it is
 * malformed or beyond 18 hours.
 */
export function parseZoneOffset(id: string): number | undefined {
  if (id === "Z") return 0;
  const match = OFFSET.exec(id);
  if (match === null) return undefined;
  const hours = Number(match[2] ?? match[3]);
  const minutes = Number(match[4] ?? match[6] ?? 0);
  const seconds = Number(match[5] ?? match[7] ?? 0);
  const total = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 64800) return undefined;
  return match[1] === "-" && total !== 0 ? -total : total;
}
