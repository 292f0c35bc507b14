import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../src/core/errors.js';
import { takeLock } from '../../src/runs/lock.js';

// Takes the lock at argv[2] as soon as the file argv[3] is there, marks that it works alone, and is killed while it holds the lock.
const [, , path, go] = process.argv as [string, string, string, string];
process.stdout.write('ready\n');
while (!existsSync(go)) await sleep(1);
for (;;)
  try {
    await takeLock(path);
    break;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
const mark = `${path}.alone`;
writeFileSync(mark, String(process.pid), { flag: 'wx' });
await sleep(3);
rmSync(mark);
writeFileSync(`${path}.won.${process.pid}`, '');
process.kill(process.pid, 'SIGKILL');
