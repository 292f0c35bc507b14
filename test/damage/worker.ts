import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../../src/core/errors.js';
import { stream } from '../../src/core/rng.js';
import { type Ended, start } from '../e2e/cli.js';
import { type Damage, damage } from './damager.js';
import { makeKinds } from './kinds/index.js';
import type { Kind } from './kinds/kind.js';

/** What came of one damage. `error`: refused by a clear error; `same`: the meaning is what it was; `read`: a file without a checksum is read as it now stands. */
export type Outcome = 'error' | 'same' | 'read' | 'fault';

/** Messages of the worker: what it is about to do, and what came of it. */
export type Message =
  | { readonly type: 'begin'; readonly kind: string; readonly turn: number }
  | {
      readonly type: 'done';
      readonly kind: string;
      readonly damage: Damage;
      readonly outcome: Outcome;
      readonly fault?: string;
      readonly turn: number;
    }
  | { readonly type: 'memory'; readonly kind: string; readonly megabytes: number; readonly seconds: number }
  /** What the command line made of a few of the damages. */
  | { readonly type: 'command'; readonly kind: string; readonly fault?: string }
  | { readonly type: 'end' };

const { count, seed, only } = workerData as { count: number; seed: number; only?: string };
const say = (message: Message) => parentPort!.postMessage(message);

/** Damages that the command line is shown, of the many: each is a process of its own. */
const SHOWN = 2;

const folder = mkdtempSync(join(tmpdir(), 'iterand-damage-'));
try {
  say({ type: 'begin', kind: 'making the files', turn: 0 });
  for (const kind of await makeKinds(folder)) if (!only || kind.name.includes(only)) await damageKind(kind);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
say({ type: 'end' });

async function damageKind(kind: Kind): Promise<void> {
  const whole = kind.file ? kind.file(kind.bytes) : kind.bytes;
  const meaning = await kind.read(kind.path);
  const before = process.resourceUsage().maxRSS;
  const began = performance.now();
  for (let turn = 0; turn < count; turn++) {
    say({ type: 'begin', kind: kind.name, turn });
    const damaged = damage(kind.bytes, kind.json, turn, stream(seed, 'damage', kind.name, turn));
    writeFileSync(kind.path, kind.file ? kind.file(damaged.bytes) : damaged.bytes);
    const { outcome, fault } = await judge(kind, damaged.bytes, meaning);
    say({
      type: 'done',
      kind: kind.name,
      turn,
      damage: damaged.kind,
      outcome,
      ...(fault === undefined ? {} : { fault }),
    });
    writeFileSync(kind.path, whole);
  }
  const megabytes = (process.resourceUsage().maxRSS - before) / 1000;
  say({ type: 'memory', kind: kind.name, megabytes, seconds: (performance.now() - began) / 1000 });
  if (kind.command) await damageForCommand(kind, kind.command, whole);
}

async function judge(
  kind: Kind,
  bytes: Uint8Array,
  meaning: unknown,
): Promise<{ outcome: Outcome; fault?: string }> {
  let read: unknown;
  try {
    read = await kind.read(kind.path);
  } catch (error) {
    if (!(error instanceof InputError))
      return { outcome: 'fault', fault: `no clear error: ${(error as Error).stack ?? error}` };
    const { message } = error;
    if (message.includes('\n') || message.length > 1000)
      return { outcome: 'fault', fault: `no one line: ${message}` };
    if (!message.includes(kind.named ?? basename(kind.path)))
      return { outcome: 'fault', fault: `does not name the file: ${message}` };
    return { outcome: 'error' };
  }
  if (isDeepStrictEqual(read, meaning)) return { outcome: 'same' };
  if (kind.now === undefined)
    return { outcome: 'fault', fault: 'the meaning has changed, and no one is told' };
  try {
    if (isDeepStrictEqual(kind.now(bytes, read), read)) return { outcome: 'read' };
    return { outcome: 'fault', fault: 'it is read as something that it does not say' };
  } catch (error) {
    return { outcome: 'fault', fault: `is read where another reading fails: ${(error as Error).message}` };
  }
}

async function damageForCommand(kind: Kind, command: readonly string[], whole: Uint8Array): Promise<void> {
  say({ type: 'begin', kind: `${kind.name}, command`, turn: 0 });
  const undamaged = await start(command).ended;
  for (let turn = 0; turn < SHOWN; turn++) {
    say({ type: 'begin', kind: `${kind.name}, command`, turn });
    const random = stream(seed, 'damage for a command', kind.name, turn);
    const damaged = damage(kind.bytes, kind.json, Math.floor(5 * random.uniform()), random);
    writeFileSync(kind.path, kind.file ? kind.file(damaged.bytes) : damaged.bytes);
    const fault = faultOf(kind, await start(command).ended, undamaged);
    say({
      type: 'command',
      kind: kind.name,
      ...(fault === undefined ? {} : { fault: `${damaged.kind} ${turn}: ${fault}` }),
    });
    writeFileSync(kind.path, whole);
  }
}

/** Exit code 2 and one line, 1 where the command reports what it found, or 0 and the output of the undamaged file. */
function faultOf({ now }: Kind, { code, stdout, stderr }: Ended, undamaged: Ended): string | undefined {
  if (undamaged.code !== 0) return `the undamaged file: exit code ${undamaged.code}: ${undamaged.stderr}`;
  if (/^ {4}at /m.test(stderr + stdout)) return `a stack trace: ${stderr}`;
  if (code === 2) return /^iterand: [^\n]+\n$/.test(stderr) ? undefined : `no one line: ${stderr}`;
  if (code === 1) return undefined;
  if (code !== 0) return `exit code ${code}: ${stderr}`;
  return stdout === undamaged.stdout || now !== undefined ? undefined : `another output: ${stdout}`;
}
