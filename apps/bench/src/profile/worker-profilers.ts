import type { Profiler, Session } from "node:inspector";

interface Attached {
  readonly params: { readonly sessionId: string };
}

interface Received {
  readonly params: { readonly sessionId: string; readonly message: string };
}

const STOP = 4;

/** The profilers of worker threads, spoken to through the inspector of the thread that started them. */
export class WorkerProfilers {
  private readonly session: Session;
  private readonly samplingMicros: number;
  private readonly attached = new Set<string>();
  private readonly waiting = new Map<string, (profile: Profiler.Profile | undefined) => void>();

  constructor(session: Session, samplingMicros: number) {
    this.session = session;
    this.samplingMicros = samplingMicros;
  }

  /** Profiles every worker from its start; those that run already, from now on. */
  async start(): Promise<void> {
    this.session.on("NodeWorker.attachedToWorker", (event: Attached) => this.attach(event.params.sessionId));
    this.session.on("NodeWorker.detachedFromWorker", (event: Attached) =>
      this.detach(event.params.sessionId),
    );
    this.session.on("NodeWorker.receivedMessageFromWorker", (event: Received) => this.receive(event));
    await new Promise<void>((resolve, reject) => {
      this.session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** The profiles of the workers that have not ended. */
  async stop(): Promise<Profiler.Profile[]> {
    const answers = [...this.attached].map(
      (id) =>
        new Promise<Profiler.Profile | undefined>((resolve) => {
          this.waiting.set(id, resolve);
          this.send(id, STOP, "Profiler.stop");
        }),
    );
    return (await Promise.all(answers)).filter((profile) => profile !== undefined);
  }

  private attach(id: string): void {
    this.attached.add(id);
    this.send(id, 1, "Profiler.enable");
    this.send(id, 2, "Profiler.setSamplingInterval", { interval: this.samplingMicros });
    this.send(id, 3, "Profiler.start");
  }

  private detach(id: string): void {
    this.attached.delete(id);
    this.waiting.get(id)?.(undefined);
  }

  private receive({ params }: Received): void {
    const message = JSON.parse(params.message) as { id?: number; result?: { profile?: Profiler.Profile } };
    if (message.id === STOP) this.waiting.get(params.sessionId)?.(message.result?.profile);
  }

  private send(sessionId: string, id: number, method: string, params: object = {}): void {
    const message = JSON.stringify({ id, method, params });
    this.session.post("NodeWorker.sendMessageToWorker", { sessionId, message });
  }
}
