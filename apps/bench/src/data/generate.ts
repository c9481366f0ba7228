import { closeSync, existsSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { uuids, xorshift } from "./random.js";

/** Start of event time in all data sets. */
const START_MS = Date.UTC(2024, 0, 1);
const FLUSH_BYTES = 1 << 20;

/** The data sets of the works. */
export type DataSetName = "ysb" | "text" | "retail" | "impressions" | "clicks" | "repeats" | "keys";

/** One kind of input: lines in the order of `line`, divided into files of `fileRows`. */
interface DataSet {
  readonly folder: string;
  readonly extension: string;
  readonly rows: number;
  readonly fileRows: number;
  readonly header?: string;
  /** Makes the function that gives line i; called for i = 0, 1, 2, ... */
  readonly lines: (root: string, rows: number) => (i: number) => string;
}

/** The first `rows` rows of a data set, made once; the folder that holds them. */
export function dataSet(name: DataSetName, root: string, rows: number): string {
  const set = SETS[name];
  const wanted = Math.min(rows, set.rows);
  const folder = join(root, wanted === set.rows ? set.folder : `${set.folder}_${wanted}`);
  const done = join(root, `.${set.folder}_${wanted}.done`);
  if (!existsSync(done) || !existsSync(folder)) {
    write(set, root, folder, wanted);
    writeFileSync(done, "");
  }
  return folder;
}

/** The folder of as many clicks as a folder has impressions. */
export function clicksOf(impressions: string): string {
  return join(
    dirname(impressions),
    basename(impressions).replace(SETS.impressions.folder, SETS.clicks.folder),
  );
}

function write(set: DataSet, root: string, folder: string, rows: number): void {
  mkdirSync(folder, { recursive: true });
  const line = set.lines(root, rows);
  for (let from = 0, file = 0; from < rows; from += set.fileRows, file++) {
    const path = join(folder, `part-${String(file).padStart(3, "0")}.${set.extension}`);
    writeFile(path, set.header ?? "", line, from, Math.min(rows, from + set.fileRows));
    // file sources order by modification time
    const modified = new Date(START_MS + file * 1000);
    utimesSync(path, modified, modified);
  }
}

function writeFile(
  path: string,
  header: string,
  line: (i: number) => string,
  from: number,
  to: number,
): void {
  const file = openSync(path, "w");
  let buffer = header;
  for (let i = from; i < to; i++) {
    buffer += `${line(i)}\n`;
    if (buffer.length < FLUSH_BYTES) continue;
    writeSync(file, buffer);
    buffer = "";
  }
  writeSync(file, buffer);
  closeSync(file);
}

function isoClock(): (ms: number) => string {
  let second = Number.NaN;
  let text = "";
  return (ms) => {
    const now = Math.floor(ms / 1000);
    if (now !== second) {
      second = now;
      text = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${text}${String(ms - second * 1000).padStart(3, "0")}Z`;
  };
}

/** Advertisement events (the Yahoo streaming benchmark): 10,000 a second of event time, up to 2 s out of order. */
function adEvents(root: string): (i: number) => string {
  const next = xorshift(42);
  const users = uuids(next, 100_000);
  const pages = uuids(next, 1000);
  const ads = uuids(next, 1000);
  const campaigns = uuids(next, 100);
  const table = ads.map((ad, i) => JSON.stringify({ ad_id: ad, campaign_id: campaigns[Math.floor(i / 10)] }));
  mkdirSync(join(root, "ysb_static"), { recursive: true });
  writeFileSync(join(root, "ysb_static", "ad_campaign.json"), `${table.join("\n")}\n`);
  const types = ["banner", "modal", "sponsored-search", "mail", "mobile"];
  const events = ["view", "click", "purchase"];
  const iso = isoClock();
  return (i) => {
    const a = next();
    const b = next();
    const c = next();
    const time = iso(START_MS + Math.floor(i / 10) - (c % 2000));
    const ip = `${c >>> 24}.${(c >>> 16) & 255}.${(a >>> 8) & 255}.${b & 255}`;
    return `{"user_id":"${users[a % 100_000]}","page_id":"${pages[(a >>> 17) % 1000]}","ad_id":"${ads[b % 1000]}","ad_type":"${types[(b >>> 10) % 5]}","event_type":"${events[(b >>> 13) % 3]}","event_time":"${time}","ip_address":"${ip}"}`;
  };
}

/** Lines of 8 to 16 words of a vocabulary of 50,000, by a law like Zipf's. */
function textLines(): (i: number) => string {
  const next = xorshift(7);
  const vocabulary = 50_000;
  const words = Array.from({ length: vocabulary }, () => {
    let word = "";
    for (let left = 2 + (next() % 9); left > 0; left--) word += String.fromCharCode(97 + (next() % 26));
    return word;
  });
  return () => {
    let line = "";
    for (let left = 8 + (next() % 9); left > 0; left--) {
      const k = Math.floor(Math.exp(Math.log(vocabulary) * (next() / 4294967296)));
      line += words[Math.min(k, vocabulary - 1)] + (left > 1 ? " " : "");
    }
    return line;
  };
}

/** Lines of invoices; every seventh article has quotes and a comma in its name, every twentieth row no customer. */
function retailLines(): (i: number) => string {
  const next = xorshift(11);
  const countries = [
    "United Kingdom",
    "Germany",
    "France",
    "EIRE",
    "Spain",
    "Netherlands",
    "Belgium",
    "Switzerland",
  ];
  const articles = Array.from({ length: 4000 }, (_, i) =>
    i % 7 === 0 ? `"SET OF ${i}, RED RETROSPOT"` : `WHITE HANGING HEART ${i}`,
  );
  const start = Date.UTC(2010, 11, 1, 8, 0, 0);
  return (i) => {
    const a = next();
    const b = next();
    const c = next();
    const article = a % 4000;
    const time = new Date(start + Math.floor(i * 6.5) * 1000).toISOString();
    const customer = b % 20 === 0 ? "" : String(12_000 + ((b >>> 5) % 4400));
    const quantity = (c % 50 === 0 ? -1 : 1) * (1 + ((c >>> 6) % 24));
    const price = (((b >>> 8) % 2000) / 100 + 0.1).toFixed(2);
    return `${536_365 + Math.floor(i / 20)},${10_000 + article},${articles[article]},${quantity},${time.slice(0, 10)} ${time.slice(11, 19)},${price},${customer},${countries[(c >>> 3) % 8]}`;
  };
}

const IMPRESSIONS = 2_000_000;
const impressionId = (i: number): string => `imp-${(i * 7919) % IMPRESSIONS}`;

/** Impressions of advertisements, one a millisecond. */
function impressions(): (i: number) => string {
  const next = xorshift(21);
  const iso = isoClock();
  return (i) => `{"impId":"${impressionId(i)}","impTime":"${iso(START_MS + i)}","adId":${next() % 1000}}`;
}

/** Clicks, one a millisecond: seven of ten name an impression of the minute before, the others none. */
function clicks(): (i: number) => string {
  const next = xorshift(22);
  const iso = isoClock();
  return (i) => {
    const a = next();
    const impression = i - (a % 60_000);
    const matches = (a >>> 16) % 10 < 7 && impression >= 0;
    const id = matches ? impressionId(impression) : `none-${i}`;
    return `{"clickId":"${id}","clickTime":"${iso(START_MS + i)}","cost":${(next() % 500) / 100}}`;
  };
}

/** Events, one a millisecond; every second line repeats one of the 100,000 before it. */
function repeats(): (i: number) => string {
  const next = xorshift(31);
  const iso = isoClock();
  let count = 0;
  return (i) => {
    const event = i % 2 === 0 ? count++ : count - 1 - (next() % Math.min(count, 100_000));
    return `{"id":"ev-${event}","ts":"${iso(START_MS + event)}","payload":"p${event % 1000}"}`;
  };
}

/** Every key comes twice: once in the first half of the rows, once in the second, in another order. */
function twiceTheKeys(rows: number): (i: number) => string {
  const keys = rows / 2;
  return (i) => {
    const key = i < keys ? (i * 1_234_567) % keys : ((i - keys) * 7_654_321 + 17) % keys;
    return `{"k":"key-${String(key).padStart(9, "0")}","v":${i % 100}}`;
  };
}

const SETS: Readonly<Record<DataSetName, DataSet>> = {
  ysb: { folder: "ysb_json", extension: "json", rows: 10_000_000, fileRows: 500_000, lines: adEvents },
  text: { folder: "text", extension: "txt", rows: 3_600_000, fileRows: 180_000, lines: textLines },
  retail: {
    folder: "retail_csv",
    extension: "csv",
    rows: 5_000_000,
    fileRows: 250_000,
    header: "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n",
    lines: retailLines,
  },
  impressions: {
    folder: "imp_json",
    extension: "json",
    rows: IMPRESSIONS,
    fileRows: 200_000,
    lines: impressions,
  },
  clicks: { folder: "clk_json", extension: "json", rows: IMPRESSIONS, fileRows: 200_000, lines: clicks },
  repeats: { folder: "dedup_json", extension: "json", rows: 5_000_000, fileRows: 500_000, lines: repeats },
  keys: {
    folder: "keys_json",
    extension: "json",
    rows: 10_000_000,
    fileRows: 500_000,
    lines: (_, rows) => twiceTheKeys(rows),
  },
};
