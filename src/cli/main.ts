import { Command, CommanderError } from 'commander';
import { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { packageVersion } from '../core/version.js';
import { boundsCommand } from './bounds.js';
import { certifyCommand } from './certify.js';
import { compareCommand } from './compare.js';
import { dataCommand } from './data.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exportCommand } from './export.js';
import { figureCommand } from './figure.js';
import { lawCommand } from './law.js';
import { commanderLine, inOptionNames } from './messages.js';
import { methodsCommand } from './methods.js';
import { networksCommand } from './networks.js';
import { pensiaCommand } from './pensia.js';
import { reportCommand } from './report.js';
import { runsCommand } from './runs.js';
import { checkInstanceCommand, searchCommand } from './search.js';
import { simulateCommand } from './simulate.js';
import { sweepCommand } from './sweep.js';
import { trainCommand } from './train.js';
import { vectorsCommand } from './vectors.js';
import { verifyCommand } from './verify.js';

/** The `iterand` program with every command, ready to parse. */
export function program(): Command {
  const root = new Command('iterand')
    .description('Strong lottery tickets with iterative randomization: check the theorem, train by pruning.')
    .version(packageVersion())
    .showHelpAfterError(false)
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text, write) => write(commanderLine(text)) })
    .enablePositionalOptions()
    .exitOverride();
  root.addCommand(boundsCommand());
  root.addCommand(simulateCommand());
  root.addCommand(searchCommand());
  root.addCommand(checkInstanceCommand());
  root.addCommand(lawCommand());
  root.addCommand(certifyCommand());
  root.addCommand(pensiaCommand());
  root.addCommand(verifyCommand());
  root.addCommand(reportCommand());
  root.addCommand(dataCommand());
  root.addCommand(networksCommand());
  root.addCommand(methodsCommand());
  root.addCommand(trainCommand());
  root.addCommand(sweepCommand());
  root.addCommand(runsCommand());
  root.addCommand(compareCommand());
  root.addCommand(figureCommand());
  root.addCommand(evaluateCommand());
  root.addCommand(exportCommand());
  root.addCommand(vectorsCommand());
  root.addCommand(doctorCommand());
  inheritSettings(root);
  return root;
}

/** Commands made apart do not take over how errors are reported (exit code 2, no stack trace); this hands it down. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

/**
 * Runs the command line.
 *
 * @param args the arguments after `iterand`
 * @returns when the command is done; process.exitCode is 0, 1 (a check failed) or 2 (bad input)
 */
export async function main(args: readonly string[]): Promise<void> {
  let running: Command | undefined;
  try {
    await program()
      .hook('preAction', (_root, command) => {
        running = command;
      })
      .parseAsync(args, { from: 'user' });
  } catch (thrown) {
    // A path that is not there, a full disk and the like are the user's to mend, wherever they show.
    const error = fileError((thrown as NodeJS.ErrnoException | undefined)?.path ?? 'a file', thrown);
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof InputError) {
      process.stderr.write(`iterand: ${inOptionNames(error, running).message}\n`);
      process.exitCode = 2;
    } else {
      throw error;
    }
  }
}
