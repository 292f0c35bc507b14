// The main job: installs and builds what is missing, then writes and prints the report.
import './ensure.js';

const { main } = await import('../dist/cli/main.js');
await main(['report', ...process.argv.slice(2)]);
