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

/**
 * A process under measurement. It prints one JSON line when ready; for every line `N` on its standard input it
 * runs N training steps and prints a {@link Measured} line. Between calls it waits and uses no processor time.
 */
export class Participant {
  private constructor(
    readonly label: Label,
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
    /** The line it printed when ready: versions, or the plan it runs. */
    readonly about: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error if the process ends before it is ready (its own message is on standard error) */
  static async start(
    label: Label,
    command: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Participant> {
    const child = spawn(command[0], command.slice(1), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const reader = createInterface(child.stdout);
    const lines = reader[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    if (first.done === true) throw new Error(`${label.side} (${label.variant}) ended before it was ready`);
    return new Participant(label, child, lines, reader, JSON.parse(first.value) as Record<string, string>);
  }

  async steps(count: number): Promise<Measured> {
    this.child.stdin.write(`${count}\n`);
    const line = await this.lines.next();
    if (line.done === true)
      throw new Error(`${this.label.side} (${this.label.variant}) ended during a measurement`);
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
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
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
