#!/usr/bin/env node
import { fileError } from '../core/file-error.js';
import { main } from './main.js';

// A reader that has seen enough (`iterand runs | head`) is no error; what stdout leads to may be a full disk.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.stderr.write(`iterand: ${(fileError('stdout', error) as Error).message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 2);
});

await main(process.argv.slice(2));
