import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a participant reports for one call of N steps. */
export interface Measured {
  readonly seconds: number;
  readonly loss: number;
  /** The process's peak resident set so far, bytes. */
  readonly peak_bytes: number;
}

/**
 * A process under measurement. It prints one JSON line when ready; for every line `N` on its standard input it
 * runs N training steps and prints a {@link Measured} line. Between calls it waits and uses no processor time.
 */
export class Participant {
  private constructor(
    readonly label: string,
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
    /** The line it printed when ready: versions and the plan it runs. */
    readonly about: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error if the process ends before it is ready (its own message is on standard error) */
  static async start(
    label: string,
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
    if (first.done === true) throw new Error(`${label} ended before it was ready`);
    return new Participant(label, child, lines, reader, JSON.parse(first.value) as Record<string, string>);
  }

  async steps(count: number): Promise<Measured> {
    this.child.stdin.write(`${count}\n`);
    const line = await this.lines.next();
    if (line.done === true) throw new Error(`${this.label} ended during a measurement`);
    return JSON.parse(line.value) as Measured;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
    this.reader.close();
  }
}
