// npm run gpu:check: what this machine's GPU does, measured.
import { InputError } from '../../src/core/errors.js';
import { check } from './check.js';
import { readSettings } from './settings.js';

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) process.exitCode = (await check(settings)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`gpu:check: ${error.message}\n`);
  process.exitCode = 2;
}
