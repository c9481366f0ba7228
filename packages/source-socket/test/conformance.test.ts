import { Options, type SessionContext, type Source } from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { socketSource } from "../src/index.js";
import { LineServer } from "./line-server.js";

const session = { conf: () => undefined } as unknown as SessionContext;

describe("the socket source", () => {
  sourceConformance(test, {
    create: async () => {
      const server = await LineServer.start();
      let source: Source | undefined;
      return {
        make: async () => {
          const options = new Options({ host: "127.0.0.1", port: server.port, includeTimestamp: true });
          const request = { format: "socket", options, paths: [], schema: undefined, session };
          source = await socketSource().sources![0]!.stream!(request);
          return source;
        },
        addRows: async () => {
          const arrived = new Promise<void>((resolve) => source!.onData!(resolve));
          await server.send("one\ntwo\n");
          await arrived;
          return 2;
        },
        close: () => server.stop(),
      };
    },
  });
});
