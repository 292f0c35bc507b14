import { Worker } from 'node:worker_threads';

/** Runs as a thread: a training step may hold the main one for longer than a heartbeat. It keeps the file it opened, whatever lies at the path later. */
const BEATING = `
const { openSync, readFileSync, writeSync } = require('node:fs');
const { workerData: { path, text, at, digits, every } } = require('node:worker_threads');
const file = openSync(path, 'r+');
let count = 0;
const beat = () => {
  try {
    writeSync(file, String(++count).padStart(digits, '0'), at);
  } catch {}
};
// Another process may have taken the lock before this thread began.
if (readFileSync(file, 'utf8') === text) setInterval(beat, every);
`;

/**
 * Writes a growing count into a file, in the place of `beat` in its text, until it is told to end or the process ends.
 *
 * @param every milliseconds from one count to the next
 */
export function startHeartbeat(path: string, text: string, beat: string, every: number): () => void {
  const at = Buffer.byteLength(text.slice(0, text.lastIndexOf(beat)));
  const worker = new Worker(BEATING, {
    eval: true,
    execArgv: [],
    workerData: { path, text, at, digits: beat.length, every },
  });
  worker.unref();
  // Without a heartbeat the run goes on, but other machines may take it for dead; it looks at its lock before it writes.
  worker.on('error', () => {});
  return () => void worker.terminate();
}
