import { Command } from 'commander';
import { flagWords } from '../core/shell.js';
import { print, printJson, shared } from './options.js';

/** `iterand methods`: what training by pruning is put together from. */
export function methodsCommand(): Command {
  return new Command('methods')
    .summary('list pruning rules, refreshes and scopes')
    .description(
      'Lists what training by pruning is put together from: rules (which weights are kept, and how scores are trained), refreshes (what\n' +
        'becomes of pruned weights) and scopes (over what the pruned fraction is taken), each with its source.',
    )
    .addOption(shared.json())
    .addHelpText(
      'after',
      '\nExample:\n  npx iterand methods --json\n  npx iterand train --network conv2 --data mnist --rule biprop --refresh randomize',
    )
    .action(async ({ json }: { json?: true }) => {
      const { listMethods } = await import('../train/spec/methods.js');
      const methods = listMethods();
      if (json) {
        printJson(methods);
        return;
      }
      for (const [flag, entries] of [
        ['--rule', methods.rules],
        ['--refresh', methods.refreshes],
        ['--scope', methods.scopes],
      ] as const) {
        print(flag);
        for (const { name, about, source, ...rest } of entries) {
          print(`  ${name.padEnd(16)}${about}`);
          const settings = Object.entries('settings' in rest ? rest.settings : {});
          // A flag that is off where nothing is said has no value to show.
          const own = settings
            .map(([key, value]) => flagWords(key, value === false || value).join(' '))
            .join(', ');
          print(`  ${''.padEnd(16)}source: ${source}${own === '' ? '' : `; settings: ${own}`}`);
        }
      }
      print('');
      print(
        'edge-popup is the method edge-popup, with the refresh randomize it is iterand; names of their own are kept.',
      );
    });
}
