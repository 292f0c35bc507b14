// A process of gpu:check: `worker TASK SETTINGS` carries out one task, so that a driver that takes the process down ends that task
// alone. It prints one JSON line; the task `speed` speaks as bench/lib/participant.ts has it.
import { compare } from './tasks/compare.js';
import { laws } from './tasks/laws.js';
import { profile } from './tasks/profile.js';
import { replay } from './tasks/replay.js';
import { speed } from './tasks/speed.js';
import { start } from './tasks/start.js';

const tasks = { start, replay, laws, compare, profile, speed };
const [task, settings] = process.argv.slice(2) as [keyof typeof tasks, string];
const answer = await tasks[task](JSON.parse(settings));
if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
