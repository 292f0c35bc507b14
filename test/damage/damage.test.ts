import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { DAMAGES } from './damager.js';
import type { Message, Outcome } from './worker.js';

const count = Number(process.env.DAMAGE_COUNT ?? 200);
const seed = Number(process.env.DAMAGE_SEED ?? 1);
const only = process.env.DAMAGE_KIND;

/** A damage that is not over after so long, in milliseconds, is a hang; making the files, which trains two runs, has longer. */
const PATIENCE = 30_000;
/** Megabytes that the process may grow by while files of one kind, a few hundred kilobytes at most, are read. */
const GROWTH = 256;

interface Tally {
  readonly damages: Record<string, number>;
  readonly outcomes: Record<Outcome, number>;
  megabytes: number;
  seconds: number;
}

test(`${count} damages of each kind of file: a clear error, or the meaning it had; never another number, a stack trace, a hang`, async () => {
  const tallies = new Map<string, Tally>();
  const faults: string[] = [];
  let commands = 0;
  await inWorker((message) => {
    if (message.type === 'begin' || message.type === 'end') return;
    if (message.type === 'command') {
      commands++;
      if (message.fault !== undefined) faults.push(`${message.kind}, command: ${message.fault}`);
      return;
    }
    const tally = tallies.get(message.kind) ?? {
      damages: {},
      outcomes: { error: 0, same: 0, read: 0, fault: 0 },
      megabytes: 0,
      seconds: 0,
    };
    tallies.set(message.kind, tally);
    if (message.type === 'memory') {
      Object.assign(tally, { megabytes: message.megabytes, seconds: message.seconds });
      if (message.megabytes > GROWTH) faults.push(`${message.kind}: took ${message.megabytes} MB`);
      return;
    }
    tally.outcomes[message.outcome]++;
    tally.damages[message.damage] = (tally.damages[message.damage] ?? 0) + 1;
    if (message.fault !== undefined)
      faults.push(`${message.kind}, ${message.damage} ${message.turn}: ${message.fault}`);
  });
  process.stdout.write(`${table(tallies)}\n${commands} of other damages were shown to the command line\n`);
  expect(faults).toEqual([]);
  for (const [kind, { outcomes }] of tallies)
    expect(
      Object.values(outcomes).reduce((a, b) => a + b),
      kind,
    ).toBe(count);
  if (only === undefined) expect(tallies.size).toBe(32);
}, 600_000);

/** Runs the damages in a thread of their own, which can be ended where one of them hangs. */
function inWorker(hear: (message: Message) => void): Promise<void> {
  // Only the main thread can switch off what onnxruntime-node would report to its maker.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return new Promise((done, fail) => {
    // The entry is plain JavaScript: the loader of TypeScript serves what is imported from it.
    const file = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
    const entry = `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}); })`;
    const worker = new Worker(entry, {
      eval: true,
      workerData: { count, seed, only },
    });
    let doing = 'starting';
    let timer: NodeJS.Timeout | undefined;
    const wait = (patience: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail(new Error(`hangs: ${doing}`));
        void worker.terminate();
      }, patience);
    };
    wait(4 * PATIENCE);
    worker.on('message', (message: Message) => {
      if (message.type === 'begin') {
        doing = `${message.kind}, damage ${message.turn}`;
        wait(message.kind === 'making the files' ? 10 * PATIENCE : PATIENCE);
      }
      hear(message);
      if (message.type === 'end') done();
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      clearTimeout(timer);
      fail(new Error(`ended in the middle: ${doing}`));
    });
  });
}

function table(tallies: ReadonlyMap<string, Tally>): string {
  const head = ['file', ...DAMAGES, 'refused', 'unchanged', 'read as it stands', 'faults', 's'];
  const rows = [...tallies].map(([kind, { damages, outcomes, seconds }]) => [
    kind,
    ...DAMAGES.map((d) => String(damages[d] ?? 0)),
    ...(['error', 'same', 'read', 'fault'] as const).map((o) => String(outcomes[o])),
    seconds.toFixed(1),
  ]);
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [head, ...rows].map(line).join('\n');
}
