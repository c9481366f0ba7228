import type { BrokerAddress } from "./metadata.js";
import { type ApiVersions, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 10;
/** The last version without compact types. */
const HIGHEST = 2;

/** What a broker coordinates: the offsets of a group, or the transactions of a transactional id. */
export type CoordinatorKind = "group" | "transaction";

/** Which broker coordinates something; the address has no meaning where there is an error. */
export interface FoundCoordinator {
  readonly errorCode: number;
  readonly broker: BrokerAddress;
}

/** Asks any broker for the one that coordinates a group or a transactional id. */
export function findCoordinatorRequest(
  kind: CoordinatorKind,
  name: string,
  versions: ApiVersions,
): Request<FoundCoordinator> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "FindCoordinator",
    apiVersion,
    write: (writer) => {
      writer.string(name);
      if (apiVersion >= 1) writer.int8(kind === "group" ? 0 : 1);
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      if (apiVersion >= 1) cursor.int32();
      const errorCode = cursor.int16();
      if (apiVersion >= 1) cursor.nullableString();
      const broker = { nodeId: cursor.int32(), host: cursor.string(), port: cursor.int32(), rack: null };
      return { errorCode, broker };
    },
  };
}
