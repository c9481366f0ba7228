/** Where a broker listens. */
export interface ServerAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The parts of `host:port`; an IPv6 address stands in brackets. */
export function addressOf(server: string): ServerAddress {
  const colon = server.lastIndexOf(":");
  return { host: server.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(server.slice(colon + 1)) };
}

/** kafkajs takes what lies before the first colon for the host: those of an IPv6 address are written otherwise for it. */
export function kafkajsServer(server: string): string {
  const { host, port } = addressOf(server);
  return `${host.replaceAll(":", "%3A")}:${port}`;
}

/** The host that kafkajs wants to connect to, as it was before {@link kafkajsServer}. */
export function hostOf(host: string): string {
  return host.replaceAll("%3A", ":");
}
