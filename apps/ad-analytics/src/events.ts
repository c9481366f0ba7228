/** Ads and campaigns as in Yahoo's benchmark. */
export const CAMPAIGNS = 100;
const ADS_PER_CAMPAIGN = 10;
const ADS = CAMPAIGNS * ADS_PER_CAMPAIGN;
const AD_TYPES = ["banner", "modal", "sponsored-search", "mail", "mobile"];
const EVENT_TYPES = ["view", "click", "purchase"];
/** Windows of counts. */
export const WINDOW_MS = 10_000;

/** The same number for the same event, each time. */
function scattered(id: number, salt: number): number {
  let bits = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

const adOf = (id: number): number => scattered(id, 1) % ADS;
const eventType = (id: number): string => EVENT_TYPES[scattered(id, 2) % EVENT_TYPES.length]!;
const campaignOf = (ad: number): string =>
  `campaign-${String(Math.floor(ad / ADS_PER_CAMPAIGN)).padStart(3, "0")}`;

/** A text like a UUID, since ids in the benchmark have that length. */
function longId(kind: string, number: number): string {
  const digits = scattered(number, 3).toString(16).padStart(8, "0");
  return `${digits}-${kind}-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

const AD_IDS = Array.from({ length: ADS }, (_, ad) => longId("00ad", ad));

/** The campaign of an event that is a view, else null. */
export function viewedCampaign(id: number): string | null {
  return eventType(id) === "view" ? campaignOf(adOf(id)) : null;
}

/** The value of an event as it stands in the topic. */
export function eventText(id: number, timeMs: number): string {
  const user = longId("0a5e", scattered(id, 4) % 100_000);
  const page = longId("9a6e", scattered(id, 5) % 10_000);
  const adType = AD_TYPES[scattered(id, 6) % AD_TYPES.length];
  const time = new Date(timeMs).toISOString();
  return (
    `{"user_id":"${user}","page_id":"${page}","ad_id":"${AD_IDS[adOf(id)]}","ad_type":"${adType}",` +
    `"event_type":"${eventType(id)}","event_time":"${time}","ip_address":"1.2.3.4"}`
  );
}

/** The file of ads and their campaigns, a JSON object on each line. */
export function adsText(): string {
  const lines = AD_IDS.map((id, ad) => JSON.stringify({ ad_id: id, campaign_id: campaignOf(ad) }));
  return `${lines.join("\n")}\n`;
}
