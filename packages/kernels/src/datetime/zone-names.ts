import type { TimeZone } from "./time-zone.js";
import { timeZone } from "./zone-id.js";

/**
 * English names of zones, as Java prints and reads them.
 *
 * Long names come from `Intl`. For the short ones `Intl` knows only those of North America, so the others are
 * listed here by long name; a zone that is in neither place shows its offset.
 */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  (
    "Arabian Standard Time=AST,Argentina Standard Time=ART,Australian Central Daylight Time=ACDT," +
    "Australian Central Standard Time=ACST,Australian Eastern Daylight Time=AEDT," +
    "Australian Eastern Standard Time=AEST,Australian Western Standard Time=AWST,Azerbaijan Standard Time=AZT," +
    "Bangladesh Standard Time=BDT,Bolivia Time=BOT,Brasilia Standard Time=BRT,British Summer Time=BST," +
    "Central Africa Time=CAT,Central European Standard Time=CET,Central European Summer Time=CEST," +
    "Chile Standard Time=CLT,Chile Summer Time=CLST,China Standard Time=CST,Colombia Standard Time=COT," +
    "Cuba Daylight Time=CDT,Cuba Standard Time=CST,East Africa Time=EAT,Eastern European Standard Time=EET," +
    "Eastern European Summer Time=EEST,Ecuador Time=ECT,Fiji Standard Time=FJT,Georgia Standard Time=GET," +
    "Gulf Standard Time=GST,Hawaii-Aleutian Standard Time=HST,Hong Kong Standard Time=HKT," +
    "India Standard Time=IST,Indochina Time=ICT,Iran Standard Time=IRST,Irish Standard Time=IST," +
    "Irkutsk Standard Time=IRKT,Israel Daylight Time=IDT,Israel Standard Time=IST,Japan Standard Time=JST," +
    "Korean Standard Time=KST,Krasnoyarsk Standard Time=KRAT,Lord Howe Daylight Time=LHDT," +
    "Lord Howe Standard Time=LHST,Magadan Standard Time=MAGT,Malaysia Time=MYT,Mauritius Standard Time=MUT," +
    "Mexican Pacific Standard Time=MST,Moscow Standard Time=MSK,Myanmar Time=MMT,Nepal Time=NPT," +
    "New Zealand Daylight Time=NZDT,New Zealand Standard Time=NZST,Newfoundland Daylight Time=NDT," +
    "Newfoundland Standard Time=NST,Omsk Standard Time=OMST,Pakistan Standard Time=PKT," +
    "Papua New Guinea Time=PGT,Paraguay Standard Time=PYT,Paraguay Summer Time=PYST,Peru Standard Time=PET," +
    "Philippine Standard Time=PST,Samoa Standard Time=SST,Singapore Standard Time=SGT," +
    "South Africa Standard Time=SAST,Taiwan Standard Time=CST,Tonga Standard Time=TOT,Türkiye Standard Time=TRT," +
    "Uruguay Standard Time=UYT,Uzbekistan Standard Time=UZT,Venezuela Time=VET,Vladivostok Standard Time=VLAT," +
    "West Africa Standard Time=WAT,Western European Standard Time=WET,Western European Summer Time=WEST," +
    "Western Indonesia Time=WIB,Yakutsk Standard Time=YAKT,Yekaterinburg Standard Time=YEKT"
  )
    .split(",")
    .map((entry) => entry.split("=") as [string, string]),
);

/** The region that each abbreviation means when text is parsed; where several use it, Java's choice. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  (
    "PST America/Los_Angeles,PDT America/Los_Angeles,PT America/Los_Angeles,MST America/Denver," +
    "MDT America/Denver,CST America/Chicago,CDT America/Chicago,CT America/Chicago,EST America/New_York," +
    "EDT America/New_York,ET America/New_York,AKST America/Juneau,AKDT America/Juneau,HST Pacific/Honolulu," +
    "AST America/Halifax,ADT America/Halifax,NST America/St_Johns,NDT America/St_Johns,WET Atlantic/Canary," +
    "WEST Atlantic/Canary,CET Europe/Paris,CEST Europe/Paris,MET Europe/Paris,MEST Europe/Paris," +
    "IST Asia/Kolkata,EET Europe/Bucharest,EEST Europe/Bucharest,MSK Europe/Moscow,TRT Europe/Istanbul,JST Asia/Tokyo," +
    "KST Asia/Seoul,SGT Asia/Singapore,HKT Asia/Hong_Kong,PKT Asia/Karachi,BDT Asia/Dhaka,NPT Asia/Kathmandu," +
    "ICT Asia/Bangkok,WIB Asia/Jakarta,IRST Asia/Tehran,UZT Asia/Tashkent,YEKT Asia/Yekaterinburg," +
    "OMST Asia/Omsk,KRAT Asia/Krasnoyarsk,IRKT Asia/Irkutsk,YAKT Asia/Yakutsk,VLAT Asia/Vladivostok," +
    "MAGT Asia/Magadan,AZT Asia/Baku,GET Asia/Tbilisi,SAST Africa/Johannesburg,CAT Africa/Maputo," +
    "EAT Africa/Nairobi,WAT Africa/Lagos,AEST Australia/Sydney,AEDT Australia/Sydney,ACDT Australia/Adelaide," +
    "AWST Australia/Perth,NZST Pacific/Auckland,NZDT Pacific/Auckland,SST Pacific/Pago_Pago," +
    "BRT America/Sao_Paulo,ART America/Argentina/Buenos_Aires,COT America/Bogota,PET America/Lima," +
    "VET America/Caracas,UYT America/Montevideo,AMT America/Manaus"
  )
    .split(",")
    .map((entry) => entry.split(" ") as [string, string]),
);

/** 2024-01-01 and 2024-07-01. */
const WINTER = 1704067200;
const SUMMER = 1719792000;

const formats = new Map<string, Intl.DateTimeFormat>();

function intlName(region: string, second: number, style: "long" | "short"): string {
  const key = `${style} ${region}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: region, timeZoneName: style });
    formats.set(key, format);
  }
  const parts = format.formatToParts(second * 1000);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? region;
}

/** The name of a zone at an epoch second: `Pacific Standard Time`, or `PST` when `short`. */
export function zoneName(zone: TimeZone, second: number, short: boolean): string {
  if (zone.isOffset) return zone.id;
  if (zone.region === undefined) return fixedName(zone.id, short);
  const at = namedSecond(zone, zone.region, second);
  const long = intlName(zone.region, at, "long");
  if (!short) return long;
  const known = SHORT_NAMES.get(long);
  if (known !== undefined) return known;
  const name = intlName(zone.region, at, "short");
  return /^GMT[+-]/.test(name) ? localizedOffset(zone.offsetAt(second), true) : name;
}

/**
 * A second at which `Intl` has a name for what the clock showed at `second`. For times of long ago it gives bare
 * offsets, where Java goes on with the names of today: those of the season whose offset is the nearest.
 */
function namedSecond(zone: TimeZone, region: string, second: number): number {
  if (!intlName(region, second, "long").startsWith("GMT")) return second;
  const offset = zone.offsetAt(second);
  const winter = Math.abs(zone.offsetAt(WINTER) - offset);
  const summer = Math.abs(zone.offsetAt(SUMMER) - offset);
  return summer < winter ? SUMMER : WINTER;
}

function fixedName(id: string, short: boolean): string {
  if (short) return id;
  if (id === "UTC") return "Coordinated Universal Time";
  return id === "GMT" ? "Greenwich Mean Time" : id;
}

/** `GMT`, `GMT+8`, `GMT-7:52:58`; with `full` `GMT+08:00`. */
export function localizedOffset(offset: number, full: boolean): string {
  if (offset === 0) return "GMT";
  const total = Math.abs(offset);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.trunc(total / 3600);
  const minutes = Math.trunc(total / 60) % 60;
  const seconds = total % 60;
  let text = `GMT${offset < 0 ? "-" : "+"}${full ? two(hours) : hours}`;
  if (full || minutes !== 0 || seconds !== 0) text += `:${two(minutes)}`;
  if (seconds !== 0) text += `:${two(seconds)}`;
  return text;
}

/** The zone of an abbreviation (`PST`, any case), or undefined. */
export function zoneOfAbbreviation(name: string): TimeZone | undefined {
  const region = ABBREVIATIONS.get(name.toUpperCase());
  return region === undefined ? undefined : timeZone(region);
}

const longNames = new Map<string, string>();

/** The zone of a long name (`Pacific Daylight Time`, any case), or undefined. */
export function zoneOfLongName(name: string): TimeZone | undefined {
  if (longNames.size === 0) {
    longNames.set("coordinated universal time", "UTC").set("greenwich mean time", "GMT");
    for (const region of new Set(ABBREVIATIONS.values())) {
      // A winter and a summer day give both names of a region.
      for (const second of [WINTER, SUMMER]) {
        const long = intlName(region, second, "long").toLowerCase();
        if (!longNames.has(long)) longNames.set(long, region);
      }
    }
  }
  const region = longNames.get(name.toLowerCase());
  return region === undefined ? undefined : timeZone(region);
}
