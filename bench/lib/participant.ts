import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Series } from './train-step-report.js';

/** What a participant reports for one call of N steps. */
export interface Measured {
  readonly seconds: number;
  /** Processor time of the process over those seconds. */
  readonly cpu_seconds: number;
  readonly loss: number;
  /** The process's peak resident set so far, bytes. */
  readonly peak_bytes: number;
}

/** Whose code it runs, and which of its variants. */
export type Label = Pick<Series, 'side' | 'variant'>;

/** A participant's process ended before its work was done. */
export class ParticipantEnded extends Error {
  /** @param errors what it wrote last on standard error */
  constructor(
    message: string,
    readonly errors: string,
  ) {
    super(message);
  }
}

/**
 * A process under measurement. It prints one JSON line when ready; for every line `N` on its standard input it
 * runs N training steps and prints a {@link Measured} line. Between calls it waits and uses no processor time.
 */
export class Participant {
  private constructor(
    readonly label: Label,
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
    /** The line it printed when ready: versions, or the plan it runs. */
    readonly about: Readonly<Record<string, string>>,
    private readonly errors: { readonly text: string },
  ) {}

  /** @throws ParticipantEnded if the process ends before it is ready */
  static async start(
    label: Label,
    command: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Participant> {
    const child = spawn(command[0], command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const errors = { text: '' };
    child.stderr.on('data', (data) => {
      process.stderr.write(data);
      errors.text = (errors.text + data).slice(-10_000);
    });
    // Whether it still listens shows in its answers.
    child.stdin.on('error', () => {});
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const reader = createInterface(child.stdout);
    const lines = reader[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    if (first.done === true)
      throw new ParticipantEnded(`${label.side} (${label.variant}) ended before it was ready`, errors.text);
    const about = JSON.parse(first.value) as Record<string, string>;
    return new Participant(label, child, lines, reader, about, errors);
  }

  async steps(count: number): Promise<Measured> {
    this.child.stdin.write(`${count}\n`);
    const line = await this.lines.next();
    if (line.done === true)
      throw new ParticipantEnded(
        `${this.label.side} (${this.label.variant}) ended during a measurement`,
        this.errors.text,
      );
    return JSON.parse(line.value) as Measured;
  }

  /** As {@link steps}, with the share of the machine's processor time that went to other processes meanwhile. */
  async measure(count: number): Promise<Measured & { readonly disturbance: number }> {
    const [busy, total] = processorTime();
    const measured = await this.steps(count);
    const [busyAfter, totalAfter] = processorTime();
    const others = (busyAfter - busy) / 1e3 - measured.cpu_seconds;
    return { ...measured, disturbance: Math.max(0, others) / ((totalAfter - total) / 1e3) };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.stdin.end();
      await ended;
    }
    this.reader.close();
  }
}

/** Busy and total processor time of all cores since the start of the machine, ms. */
function processorTime(): [busy: number, total: number] {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const own = times.user + times.nice + times.sys + times.irq;
    busy += own;
    total += own + times.idle;
  }
  return [busy, total];
}
