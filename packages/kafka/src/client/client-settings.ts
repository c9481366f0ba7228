import type { ConnectionOptions } from "node:tls";

/** How a connection proves who it is. */
export type SaslSettings =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: "oauthbearer"; readonly token: () => Promise<string> };

/** What a client needs to know. Times are in milliseconds. */
export interface ClientSettings {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Null: no TLS. */
  readonly tls: ConnectionOptions | null;
  readonly sasl: SaslSettings | null;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long a call is repeated while brokers cannot be reached or have no leader. */
  readonly callTimeoutMs: number;
  /** What says so, for messages. */
  readonly callTimeoutOption: string;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}
