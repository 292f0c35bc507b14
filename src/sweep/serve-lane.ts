import { LockedError } from '../runs/lock.js';
import type { JobKind } from './job.js';
import type { LaneOrder, LaneReport, LaneWork } from './messages.js';

/**
 * Makes this process the other end of a `ProcessLane`: it carries out what it is told to. It leaves once its parent is gone, after the
 * run under way has saved.
 */
export function serveLane(kinds: readonly JobKind[]): void {
  let stop = new AbortController();
  let working = false;
  const report = (message: LaneReport) => {
    if (process.connected) process.send!(message);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  process.on('disconnect', () => {
    stop.abort();
    if (!working) process.exit(0);
  });
  process.on('message', async (order: LaneOrder) => {
    if (order.type === 'stop') return stop.abort();
    stop = new AbortController();
    working = true;
    report(await answer(kinds, order.type, order.work, stop.signal, report));
    working = false;
    if (!process.connected) process.exit(0);
  });
}

async function answer(
  kinds: readonly JobKind[],
  what: 'run' | 'measure',
  { kind: name, spec, seed, root, machine }: LaneWork,
  signal: AbortSignal,
  report: (message: LaneReport) => void,
): Promise<LaneReport> {
  try {
    const kind = kinds.find((k) => k.name === name)!;
    if (what === 'measure') return { type: 'cost', cost: await kind.measure(spec, seed, machine) };
    const end = await kind.run(spec, seed, {
      root,
      machine,
      signal,
      progress: (progress) => report({ type: 'progress', progress }),
      warn: (message) => report({ type: 'warning', message }),
    });
    return { type: 'end', end };
  } catch (error) {
    return { type: 'error', locked: error instanceof LockedError, message: (error as Error).message };
  }
}
