import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { requireCommonJs } from '../../../core/host.js';

/**
 * The one command that adds an npm package where this copy of iterand finds it. Install scripts stay off: onnxruntime-node's
 * would fetch CUDA libraries of hundreds of MB on Linux x64.
 *
 * @param what name@version
 * @param home iterand's own folder
 * @param from the folder the command will be typed in
 */
export function addCommand(
  what: string,
  home: string = dirname(requireCommonJs.resolve('iterand/package.json')),
  from: string = process.cwd(),
): string {
  const modules = dirname(home);
  if (basename(modules) !== 'node_modules') return `npm install --prefix "${home}"`;
  if (/[\\/]\.pnpm[\\/]/.test(home)) return `pnpm add ${what}`;
  const project = dirname(modules);
  // npm's global folder is the one without a package.json.
  if (!existsSync(join(project, 'package.json'))) return `npm install --global --ignore-scripts ${what}`;
  const inside = !relative(project, from).startsWith('..');
  return `npm install ${inside ? '' : `--prefix "${project}" `}--ignore-scripts ${what}`;
}
