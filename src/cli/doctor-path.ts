// A process that examines one way to compute, and prints what it found: what takes it down takes nothing else along.
import { examine } from '../train/engines/doctor/examine.js';
import type { EngineName } from '../train/engines/names.js';

const [engine, hardware] = process.argv.slice(2) as [EngineName, string];
const found = await examine({ engine, hardware });
process.stdout.write(`\n${JSON.stringify(found)}\n`);
