import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { guard, release } from "./guardian.js";

/** What every server of these tests can do. */
export interface Server {
  /** Ends it as `kill -9` does. A server that holds its data in memory has lost it. */
  kill(): Promise<void>;
  /** Starts it again, on the same data and ports; where it still runs, it is killed first. */
  restart(): Promise<void>;
  /** Ends it for good, and removes its data. */
  stop(): Promise<void>;
  /** The last of what it printed. */
  output(): string;
}

/** The controls of a server that is one process and keeps its data, if any, in `folder`. */
export function controlsOf(server: ServerProcess, folder?: string): Server {
  return {
    kill: () => server.end(),
    restart: async () => {
      await server.end();
      await server.start();
    },
    stop: async () => {
      await server.end();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
    output: () => server.output,
  };
}

/** How a server is started, and how it says that it takes connections. */
export interface ServerCommand {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** What it prints when it takes connections. */
  readonly ready: RegExp;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The user to run as, where that is not the one of this process. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly startMs?: number;
}

const START_MS = 120_000;
const SHUTDOWN_MS = 60_000;
const OUTPUT_KEPT = 200_000;

/** A server in a process of its own, which can be killed and started again any number of times. */
export class ServerProcess {
  /** The last of what it printed, over all its lives. */
  output = "";
  private readonly settings: ServerCommand;
  private child: ChildProcess | undefined;

  constructor(settings: ServerCommand) {
    this.settings = settings;
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** Starts it and waits until it takes connections. */
  async start(): Promise<void> {
    if (this.child !== undefined) throw new Error(`${this.settings.name} runs already`);
    const { command, args, folder, environment, user } = this.settings;
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, LC_ALL: "C", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: an interrupt from the keyboard ends the tests, and they end the server.
      detached: true,
      ...user,
    });
    this.child = child;
    if (child.pid !== undefined) guard(child.pid);
    child.once("exit", () => {
      release(child.pid!);
      if (this.child === child) this.child = undefined;
    });
    await this.untilReady(child);
  }

  /** Ends it with a signal, `SIGKILL` unless told, and waits until it is gone. */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const exit = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), SHUTDOWN_MS);
    await exit;
    clearTimeout(timer);
  }

  private untilReady(child: ChildProcess): Promise<void> {
    const { name, ready, startMs = START_MS } = this.settings;
    return new Promise((resolve, reject) => {
      let started = "";
      let isOver = false;
      const finish = (problem?: string) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        if (problem === undefined) resolve();
        else reject(new Error(`${name} ${problem}. Its output:\n${this.output}`));
      };
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        finish(`did not start within ${startMs} ms`);
      }, startMs);
      for (const stream of [child.stdout!, child.stderr!]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          this.output = (this.output + text).slice(-OUTPUT_KEPT);
          if (isOver) return;
          started += text;
          if (ready.test(started)) finish();
        });
      }
      child.once("error", (error) => finish(`cannot be started: ${error.message}`));
      // "close" comes after the last of the output, "exit" may come before it
      child.once("close", () => finish("ended"));
    });
  }
}
