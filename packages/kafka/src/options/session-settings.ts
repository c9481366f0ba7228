import { type SessionContext, StreamError } from "@ss/core";

const CLUSTERS = "spark.kafka.clusters.";

/** Refuses settings of the session that ask for delegation tokens. The key is shown, never the value, which may be a secret. */
export function checkSessionSettings(session: Pick<SessionContext, "confKeys">): void {
  const key = session.confKeys?.().find((name) => name.startsWith(CLUSTERS));
  if (key === undefined) return;
  throw new StreamError({
    condition: "SS_KAFKA_UNSUPPORTED_OPTION",
    sqlState: "0A000",
    parameters: { option: key },
    message:
      `The configuration '${key}' asks for delegation tokens, which are not supported. Log in as a user with a password, by the options ` +
      "'kafka.security.protocol', 'kafka.sasl.mechanism' and 'kafka.sasl.jaas.config', and unset it.",
  });
}
