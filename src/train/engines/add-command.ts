import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { requireCommonJs } from '../../core/host.js';

/** Where a command is typed, and what it adds. */
export interface AddPlace {
  /** Iterand's own folder. */
  readonly home?: string;
  /** The folder the command will be typed in. */
  readonly from?: string;
  /** Whether what is added needs its install script. */
  readonly scripts?: boolean;
  /** Whether a clone of iterand has it by `npm install` alone. */
  readonly ofClone?: boolean;
}

/**
 * The one command that adds npm packages where this copy of iterand finds them. Install scripts stay off where they are not needed:
 * onnxruntime-node's would fetch CUDA libraries of hundreds of MB on Linux x64.
 *
 * @param what name@version, several with spaces between
 */
export function addCommand(what: string, place: AddPlace = {}): string {
  const {
    home = dirname(requireCommonJs.resolve('iterand/package.json')),
    from = process.cwd(),
    scripts = false,
    ofClone = false,
  } = place;
  const modules = dirname(home);
  const flag = `--ignore-scripts${scripts ? '=false' : ''}`;
  const inside = (folder: string) => !relative(folder, from).startsWith('..');
  if (basename(modules) !== 'node_modules') {
    if (ofClone) return `npm install --prefix "${home}"`;
    // Without --save-prod npm leaves out what the package.json names as an optional peer; --no-save keeps that file as it is.
    return `npm install ${inside(home) ? '' : `--prefix "${home}" `}--no-save --save-prod ${flag} ${what}`;
  }
  if (/[\\/]\.pnpm[\\/]/.test(home)) return `pnpm add ${what}`;
  const project = dirname(modules);
  // npm's global folder is the one without a package.json.
  if (!existsSync(join(project, 'package.json'))) return `npm install --global ${flag} ${what}`;
  return `npm install ${inside(project) ? '' : `--prefix "${project}" `}${flag} ${what}`;
}
